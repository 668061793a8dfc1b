package io.mesocosm.services.json;

import io.mesocosm.services.app.Container;
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
  static Optional<Container> read(Fields fields, Network.Mode mode) {
    Problems problems = fields.problems();
    Container.Type type = fields.choice("type", Container.Type.class).orElse(Container.Type.DOCKER);
    Optional<Container.Docker> docker = fields.object("docker").map(ContainerReader::docker);
    List<Volume> volumes = new ArrayList<>();
    for (Fields volume : fields.objects("volumes").orElse(List.of())) {
      volumes.add(volume(volume));
    }
    List<PortMapping> mappings = NetworkReader.portMappings(fields, mode);
    problems.ruleUnless(
        mode != Network.Mode.HOST || mappings.isEmpty(),
        "/",
        "portMappings are not allowed with host-networking");
    switch (type) {
      case DOCKER -> {
        if (docker.isEmpty()) {
          problems.brokenRule(fields.pathOf("docker"), "not defined");
          return Optional.empty();
        }
      }
      case MESOS -> {
        if (docker.isPresent()) {
          problems.notSupported(fields.pathOf("docker"), "an image in a container of type MESOS");
        }
        if (mode != Network.Mode.HOST) {
          problems.notSupported("/networks", "a network of its own for a container of type MESOS");
        }
      }
    }
    return Optional.of(new Container(type, docker, volumes, mappings));
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
        image, fields.bool("forcePullImage", false), fields.bool("privileged", false), parameters);
  }

  private static Volume volume(Fields fields) {
    String containerPath = fields.text("containerPath").orElse("");
    String hostPath = fields.text("hostPath").orElse("");
    Problems problems = fields.problems();
    problems.ruleUnless(
        !containerPath.isEmpty(), fields.pathOf("containerPath"), "must not be empty");
    problems.ruleUnless(!hostPath.isEmpty(), fields.pathOf("hostPath"), "must not be empty");
    return new Volume.Host(
        containerPath, hostPath, fields.choice("mode", Volume.Mode.class).orElse(Volume.Mode.RW));
  }
}
