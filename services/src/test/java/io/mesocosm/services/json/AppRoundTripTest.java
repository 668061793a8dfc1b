package io.mesocosm.services.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.VersionInfo;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Definitions of all shapes, drawn from seeds, read as they were written. */
class AppRoundTripTest {
  private static final int DEFINITIONS = 1_000;

  private final AppReader reader = new AppReader("ops");
  private final AppUpdates updates = new AppUpdates(reader);

  @Test
  void whatIsWrittenReadsTheSame() {
    for (int seed = 0; seed < DEFINITIONS; seed++) {
      ObjectNode json = new Drawn(seed).app();
      AppDefinition app = reader.read(json);
      AppDefinition stored =
          app.withVersion(
              Instant.ofEpochMilli(1_700_000_000_000L + seed),
              new VersionInfo(Instant.ofEpochMilli(seed), Instant.ofEpochMilli(seed * 2L)));

      String told = "seed " + seed + ": " + json;
      assertThat(reader.read(AppWriter.write(app))).as(told).isEqualTo(app);
      assertThat(reader.readStored(Json.parse(Json.bytes(AppWriter.write(stored)))))
          .as(told)
          .isEqualTo(stored);
    }
  }

  @Test
  void anUpdateThatSaysNothingChangesNothing() {
    for (int seed = 0; seed < DEFINITIONS; seed++) {
      AppDefinition app = reader.read(new Drawn(seed).app());

      assertThat(updates.merged(app, JsonNodeFactory.instance.objectNode()))
          .as("seed " + seed)
          .isEqualTo(app);
      assertThat(updates.merged(app, AppWriter.write(app))).as("seed " + seed).isEqualTo(app);
    }
  }

  /** Draws definitions that keep all rules. */
  private static final class Drawn {
    private final SplittableRandom random;
    private final ObjectNode app = JsonNodeFactory.instance.objectNode();

    Drawn(long seed) {
      this.random = new SplittableRandom(seed);
    }

    private boolean maybe() {
      return random.nextBoolean();
    }

    private String one(String... of) {
      return of[random.nextInt(of.length)];
    }

    private int upTo(int max) {
      return random.nextInt(max + 1);
    }

    private void texts(ObjectNode into, String name) {
      if (maybe()) {
        ObjectNode map = into.putObject(name);
        for (int i = upTo(3); i > 0; i--) {
          map.put("k" + i, one("", "v", "\u00fc \"quoted\" \\", "VIP"));
        }
      }
    }

    ObjectNode app() {
      app.put("id", one("/a", "/ops/b", "c/d/e-f.g"));
      app.put("cmd", one("sleep 1", "echo \u2713"));
      app.put("cpus", random.nextInt(1, 4000) / 1000.0);
      app.put("mem", upTo(4096));
      texts(app, "labels");
      basics();
      secrets();
      boolean docker = maybe();
      boolean bound = volumesAndNetworks(docker);
      behaviour(bound);
      checks(docker);
      return app;
    }

    private void basics() {
      if (maybe()) {
        app.put("user", "www");
        app.put("gpus", 0).put("disk", upTo(9) / 2.0).put("tty", maybe());
      }
      if (maybe()) {
        app.putArray("acceptedResourceRoles").add("ops");
        app.putObject("resourceLimits").put("cpus", 4.5).put("mem", "unlimited");
      }
      if (maybe()) {
        app.put("executor", one("", "//cmd", "/opt/x", "x/y"));
        app.putObject("executorResources").put("cpus", 0.25);
      }
      ArrayNode constraints = app.putArray("constraints");
      if (maybe()) {
        constraints.addArray().add("hostname").add("UNIQUE");
        constraints.addArray().add("rack").add("LIKE").add("r.*");
        constraints.addArray().add("@zone").add("MAX_PER").add("3");
      }
      if (maybe()) {
        app.putArray("fetch")
            .addObject()
            .put("uri", "http://x/" + upTo(9))
            .put("cache", maybe())
            .put("destPath", "d");
      } else if (maybe()) {
        app.putArray("uris").add("a.zip").add("b");
      }
      if (maybe()) {
        app.putArray("dependencies").add("db").add("/other");
      }
    }

    private void secrets() {
      app.putObject("secrets").putObject("s").put("source", "/path");
      ObjectNode env = app.putObject("env").put("A", "1");
      if (maybe()) {
        env.putObject("B").put("secret", "s");
      }
    }

    private boolean volumesAndNetworks(boolean docker) {
      ObjectNode container = app.putObject("container").put("type", docker ? "DOCKER" : "MESOS");
      if (docker || maybe()) {
        ObjectNode image = container.putObject("docker").put("image", "i:" + upTo(9));
        image.put("forcePullImage", maybe());
        if (!docker) {
          image.putObject("pullConfig").put("secret", "s");
        }
      }
      if (!docker && maybe()) {
        ObjectNode linux = container.putObject("linuxInfo");
        linux.putObject("seccomp").put("unconfined", maybe());
        linux.putObject("ipcInfo").put("mode", "PRIVATE").put("shmSize", 1 + upTo(9));
      }
      networks(docker, container);
      ArrayNode volumes = container.putArray("volumes");
      if (maybe()) {
        volumes
            .addObject()
            .put("containerPath", "/h")
            .put("hostPath", "/srv")
            .put("mode", one("RO", "RW"));
        volumes.addObject().put("containerPath", "secret").put("secret", "s");
      }
      boolean resident = maybe();
      if (resident) {
        ObjectNode disk = volumes.addObject().put("containerPath", "data").putObject("persistent");
        disk.put("size", 1 + upTo(99)).put("type", one("root", "path", "mount"));
      }
      if (maybe()) {
        ObjectNode external =
            volumes.addObject().put("containerPath", "/x").putObject("external").put("name", "v");
        external.put("provider", "dvdi").put("shared", true);
        external.putObject("options").put("dvdi/driver", "rexray");
      }
      return resident;
    }

    private void networks(boolean docker, ObjectNode container) {
      switch (upTo(2)) {
        case 0 -> {
          if (maybe()) {
            ArrayNode ports = app.putArray("portDefinitions");
            for (int i = upTo(3); i > 0; i--) {
              texts(
                  ports.addObject().put("port", 9000 + i).put("protocol", one("tcp", "udp,tcp")),
                  "labels");
            }
          }
          app.put("requirePorts", maybe());
        }
        case 1 -> {
          app.putArray("networks").addObject().put("mode", "container/bridge");
          ObjectNode mapping = container.putArray("portMappings").addObject();
          mapping.put("containerPort", 80).put("name", "http");
          texts(mapping, "labels");
        }
        default -> {
          ArrayNode networks = app.putArray("networks");
          networks.addObject().put("name", "n");
          if (!docker && maybe()) {
            networks.addObject().put("name", "m");
          }
          container
              .putArray("portMappings")
              .addObject()
              .put("hostPort", 0)
              .put("servicePort", upTo(1) * 10001)
              .putArray("networkNames")
              .add("n");
        }
      }
    }

    private void behaviour(boolean resident) {
      if (maybe()) {
        app.put("backoffSeconds", upTo(9)).put("backoffFactor", 1.5);
        app.put("taskKillGracePeriodSeconds", upTo(9)).put("killSelection", "OLDEST_FIRST");
        app.put("maxLaunchAttempts", 3).put("rollbackOnFailure", maybe());
      }
      if (maybe()) {
        app.putObject("upgradeStrategy")
            .put("minimumHealthCapacity", upTo(4) / 4.0)
            .put("waitForRouting", maybe());
      }
      if (maybe()) {
        app.put("unreachableStrategy", "disabled");
      } else if (!resident) {
        app.putObject("unreachableStrategy").put("inactiveAfterSeconds", upTo(9));
      }
      if (resident && maybe()) {
        app.putObject("residency").put("taskLostBehavior", "WAIT_FOREVER");
      }
      if (maybe()) {
        ObjectNode scale = app.putObject("autoscale").put("min", upTo(2)).put("max", 2 + upTo(9));
        ObjectNode target = scale.putObject("target");
        if (maybe()) {
          target.put("cpuPercent", 10.5);
        } else {
          target.put("metricUrl", "https://m").put("value", 2);
        }
      } else {
        app.put("instances", upTo(9));
      }
    }

    private void checks(boolean docker) {
      ArrayNode health = app.putArray("healthChecks");
      for (String protocol : List.of("HTTP", "TCP", one("MESOS_HTTPS", "MESOS_TCP"))) {
        if (maybe()) {
          ObjectNode check = health.addObject().put("protocol", protocol).put("port", 80);
          if (docker && protocol.startsWith("MESOS") && maybe()) {
            check.put("ipProtocol", "IPv6");
          }
        }
      }
      if (!docker && maybe()) {
        ObjectNode check = app.putObject("check").put("delaySeconds", upTo(9));
        switch (upTo(2)) {
          case 0 -> check.putObject("tcp").put("port", 81);
          case 1 -> check.putObject("http").put("port", 81).put("scheme", "HTTPS");
          default -> check.putObject("exec").putObject("command").putArray("argv").add("true");
        }
      }
      if (app.path("container").path("portMappings").path(0).has("name")) {
        app.putArray("readinessChecks").addObject().put("portName", "http").put("path", "/r");
      }
    }
  }
}
