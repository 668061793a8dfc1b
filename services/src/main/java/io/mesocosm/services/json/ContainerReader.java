package io.mesocosm.services.json;

import io.mesocosm.services.app.Container;
import io.mesocosm.services.app.LinuxInfo;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PortMapping;
import io.mesocosm.services.app.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and checks containers (contracts/marathon-api.md §5). */
final class ContainerReader {
  private ContainerReader() {}

  /** Absent, with problems noted, if there is no container to be made of it. */
  static Optional<Container> read(Fields fields, List<Network> networks) {
    Problems problems = fields.problems();
    Network.Mode mode = networks.getFirst().mode();
    Container.Type type = fields.choice("type", Container.Type.class).orElse(Container.Type.DOCKER);
    Optional<Container.Docker> docker = fields.object("docker").map(ContainerReader::docker);
    List<Volume> volumes = VolumeReader.read(fields);
    List<PortMapping> mappings = NetworkReader.portMappings(fields, networks);
    Optional<LinuxInfo> linuxInfo = LinuxInfoReader.read(fields);
    problems.ruleUnless(
        mode != Network.Mode.HOST || mappings.isEmpty(),
        "/",
        "portMappings are not allowed with host-networking");
    problems.ruleUnless(
        !fields.hasContent("appc"),
        fields.pathOf("appc"),
        "appc images are not supported: use docker");
    switch (type) {
      case DOCKER -> {
        if (docker.isEmpty()) {
          problems.brokenRule(fields.pathOf("docker"), "not defined");
          return Optional.empty();
        }
        checkDocker(fields, docker.get(), networks, linuxInfo);
      }
      case MESOS -> {
        // takes everything
      }
    }
    return Optional.of(new Container(type, docker, volumes, mappings, linuxInfo));
  }

  /** What the agent's own containers can be told, and Docker's cannot. */
  private static void checkDocker(
      Fields fields,
      Container.Docker docker,
      List<Network> networks,
      Optional<LinuxInfo> linuxInfo) {
    Problems problems = fields.problems();
    problems.ruleUnless(
        docker.pullSecret().isEmpty(),
        fields.pathOf("docker") + "/pullConfig",
        "pullConfig is not supported with Docker containerizer");
    problems.ruleUnless(
        linuxInfo.isEmpty(),
        fields.pathOf("linuxInfo"),
        "linuxInfo is only for containers of type MESOS");
    problems.ruleUnless(
        networks.size() <= 1,
        "/networks",
        "Docker containerizer only supports a single container network");
  }

  private static Container.Docker docker(Fields fields) {
    String image = fields.requiredText("image");
    fields.problems().ruleUnless(!image.isBlank(), fields.pathOf("image"), "must not be empty");
    List<Container.Parameter> parameters = new ArrayList<>();
    for (Fields parameter : fields.objects("parameters").orElse(List.of())) {
      String key = parameter.requiredText("key");
      fields.problems().ruleUnless(!key.isEmpty(), parameter.pathOf("key"), "must not be empty");
      parameters.add(new Container.Parameter(key, parameter.requiredText("value")));
    }
    return new Container.Docker(
        image,
        fields.bool("forcePullImage", false),
        fields.bool("privileged", false),
        parameters,
        fields.object("pullConfig").map(config -> config.requiredText("secret")));
  }
}
