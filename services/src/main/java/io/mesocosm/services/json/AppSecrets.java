package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppDefinitionBuilder;
import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.Volume;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Variables and secrets of apps (contracts/marathon-api.md §4 {@code env}, {@code secrets}): a
 * variable's value, a file or a registry's credentials may be a secret, which only its name stands
 * for.
 */
final class AppSecrets {
  private AppSecrets() {}

  static void read(Fields fields, AppDefinitionBuilder app) {
    SortedMap<String, String> values = new TreeMap<>();
    SortedMap<String, String> secretNames = new TreeMap<>();
    Fields env = fields.objectOrEmpty("env");
    for (Map.Entry<String, JsonNode> variable : env.node().properties()) {
      String name = variable.getKey();
      JsonNode value = variable.getValue();
      if (value.isTextual()) {
        values.put(name, value.textValue());
      } else if (value.isObject()) {
        secretNames.put(name, env.objectOrEmpty(name).requiredText("secret"));
      } else {
        env.problems().wrongType(env.pathOf(name), "error.expected.jsstring");
      }
    }
    app.env(values).secretEnv(secretNames).secrets(sources(fields.objectOrEmpty("secrets")));
  }

  private static SortedMap<String, String> sources(Fields secrets) {
    SortedMap<String, String> sources = new TreeMap<>();
    List<String> names = secrets.node().properties().stream().map(Map.Entry::getKey).toList();
    for (String name : names) {
      secrets
          .object(name)
          .ifPresent(secret -> {
            String source = secret.requiredText("source");
            secret
                .problems()
                .ruleUnless(!source.isEmpty(), secret.pathOf("source"), "must not be empty");
            sources.put(name, source);
          });
    }
    return sources;
  }

  /** Notes variables that no process can have, and secrets that nobody defines. */
  static void check(AppDefinition app, Problems problems) {
    app.env()
        .forEach((name, value) -> {
          checkName(name, problems);
          problems.ruleUnless(
              value.indexOf('\0') < 0, "/env/" + name, "must not have a NUL letter");
        });
    app.secretEnv()
        .forEach((name, secret) -> {
          checkName(name, problems);
          checkDefined(app, secret, "/env/" + name + "/secret", problems);
        });
    List<Volume> volumes = app.container().map(Container::volumes).orElse(List.of());
    for (int i = 0; i < volumes.size(); i++) {
      if (volumes.get(i) instanceof Volume.SecretFile file) {
        checkDefined(app, file.secret(), "/container/volumes(" + i + ")/secret", problems);
      }
    }
    app.container()
        .flatMap(Container::docker)
        .flatMap(Container.Docker::pullSecret)
        .ifPresent(
            secret -> checkDefined(app, secret, "/container/docker/pullConfig/secret", problems));
  }

  private static void checkName(String name, Problems problems) {
    problems.ruleUnless(
        !name.isEmpty() && name.indexOf('=') < 0 && name.indexOf('\0') < 0,
        "/env",
        "a variable's name must not be empty, nor have an = or a NUL letter");
  }

  private static void checkDefined(
      AppDefinition app, String secret, String path, Problems problems) {
    problems.ruleUnless(
        app.secrets().containsKey(secret),
        path,
        "secret " + secret + " is not defined: name its source in secrets");
  }

  static void write(AppDefinition app, ObjectNode json) {
    ObjectNode env = json.putObject("env");
    app.env().forEach(env::put);
    app.secretEnv().forEach((name, secret) -> env.putObject(name).put("secret", secret));
    ObjectNode secrets = json.putObject("secrets");
    app.secrets().forEach((name, source) -> secrets.putObject(name).put("source", source));
  }
}
