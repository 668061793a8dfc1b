package io.mesocosm.services.matching;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.Network;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.mesos.v1.Protos.Environment;
import org.apache.mesos.v1.Protos.Environment.Variable;

/** The environment variables of a task (contracts/marathon-api.md §12). */
final class TaskEnvironment {
  private static final String LABEL_PREFIX = "MARATHON_APP_LABEL_";
  private static final int LENGTH_MAX = 512;
  private static final Pattern OTHER_LETTERS = Pattern.compile("[^A-Za-z0-9_]+");
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private TaskEnvironment() {}

  /**
   * @param ports what the task is to listen on, in the app's order
   * @param prefix of HOST and PORT variables
   */
  static Environment of(
      AppTemplate template, String taskId, String hostname, List<Integer> ports, String prefix) {
    SortedMap<String, String> own = new TreeMap<>();
    own.put("MESOS_TASK_ID", taskId);
    own.put(prefix + "HOST", hostname);
    addPorts(own, template.app(), ports, prefix);
    SortedMap<String, Variable> variables = new TreeMap<>(template.variables());
    own.forEach((name, value) -> {
      if (template.leavesOpen(name)) {
        variables.put(name, variable(name, value));
      }
    });
    return Environment.newBuilder()
        .addAllVariables(variables.values())
        .addAllVariables(template.secrets())
        .build();
  }

  static Variable variable(String name, String value) {
    return Variable.newBuilder().setName(name).setType(Variable.Type.VALUE).setValue(value).build();
  }

  static void addLabels(SortedMap<String, String> variables, AppDefinition app) {
    List<String> names = new ArrayList<>();
    app.labels()
        .forEach((key, value) -> {
          if (key.length() < LENGTH_MAX - LABEL_PREFIX.length() && value.length() < LENGTH_MAX) {
            String name = escaped(key);
            names.add(name);
            variables.put(LABEL_PREFIX + name, value);
          }
        });
    variables.put("MARATHON_APP_LABELS", String.join(" ", names));
  }

  private static void addPorts(
      SortedMap<String, String> variables, AppDefinition app, List<Integer> ports, String prefix) {
    List<Integer> requested =
        app.networkMode() == Network.Mode.HOST
            ? app.servicePorts()
            : app.portMappings().stream().map(mapping -> mapping.containerPort()).toList();
    List<Optional<String>> names = app.portNames();
    for (int i = 0; i < ports.size(); i++) {
      String port = Integer.toString(ports.get(i));
      variables.put(prefix + "PORT" + i, port);
      if (requested.get(i) > 0) {
        variables.put(prefix + "PORT_" + requested.get(i), port);
      }
      names.get(i).ifPresent(name -> variables.put(prefix + "PORT_" + escaped(name), port));
    }
    if (!ports.isEmpty()) {
      variables.put(prefix + "PORT", Integer.toString(ports.getFirst()));
      variables.put(
          prefix + "PORTS", String.join(",", ports.stream().map(String::valueOf).toList()));
    }
  }

  private static String escaped(String name) {
    return OTHER_LETTERS.matcher(name).replaceAll("_").toUpperCase(Locale.ROOT);
  }

  static String text(Instant instant) {
    return MILLIS.format(instant);
  }
}
