package io.mesocosm.master;

import com.google.protobuf.ByteString;
import java.util.Optional;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.Environment;
import org.apache.mesos.v1.Protos.Parameter;
import org.apache.mesos.v1.Protos.Secret;
import org.apache.mesos.v1.Protos.Volume;

/**
 * The rules for environments and containers of tasks and executors
 * (contracts/mesos-scheduler-api.md V11, V12). Pure.
 */
final class ContainerRules {
  private ContainerRules() {}

  static Optional<TaskRefusal> environment(Environment environment) {
    for (Environment.Variable variable : environment.getVariablesList()) {
      Optional<String> problem =
          switch (variable.getType()) {
            case VALUE ->
                variable.hasValue() && !variable.hasSecret()
                    ? Optional.empty()
                    : Optional.of("must have a value set and no secret");
            case SECRET ->
                variable.hasSecret() && !variable.hasValue()
                    ? secret(variable.getSecret())
                    : Optional.of("must have a secret set and no value");
            case UNKNOWN -> Optional.of("is not supported");
          };
      if (problem.isPresent()) {
        return TaskRefusal.of(
            "Environment variable '"
                + variable.getName()
                + "' of type '"
                + variable.getType()
                + "' "
                + problem.get());
      }
    }
    return Optional.empty();
  }

  private static Optional<String> secret(Secret secret) {
    boolean matches =
        switch (secret.getType()) {
          case REFERENCE -> secret.hasReference() && !secret.hasValue();
          case VALUE -> secret.hasValue() && !secret.hasReference();
          case UNKNOWN -> false;
        };
    if (!matches) {
      return Optional.of("has a secret whose type does not name the one member that it has");
    }
    return isClean(secret.getValue().getData())
        ? Optional.empty()
        : Optional.of("has a secret that contains a NUL byte");
  }

  private static boolean isClean(ByteString data) {
    for (int i = 0; i < data.size(); i++) {
      if (data.byteAt(i) == 0) {
        return false;
      }
    }
    return true;
  }

  static Optional<TaskRefusal> container(ContainerInfo container) {
    if (container.getType() == ContainerInfo.Type.DOCKER && !container.hasDocker()) {
      return TaskRefusal.of("DockerInfo 'docker' is not set for DOCKER typed ContainerInfo");
    }
    for (Parameter parameter : container.getDocker().getParametersList()) {
      if (parameter.getKey().equals("name")) {
        return TaskRefusal.of("Parameter in DockerInfo must not be 'name'");
      }
    }
    for (Volume volume : container.getVolumesList()) {
      Optional<TaskRefusal> refusal = volume(volume);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return Optional.empty();
  }

  private static Optional<TaskRefusal> volume(Volume volume) {
    int sources =
        (volume.hasHostPath() ? 1 : 0) + (volume.hasImage() ? 1 : 0) + (volume.hasSource() ? 1 : 0);
    if (sources != 1) {
      return TaskRefusal.of(
          "Only one of them should be set: 'host_path', 'image', or 'source' of volume "
              + volume.getContainerPath());
    }
    if (!volume.hasSource()) {
      return Optional.empty();
    }
    Volume.Source source = volume.getSource();
    boolean matches =
        switch (source.getType()) {
          case DOCKER_VOLUME -> source.hasDockerVolume();
          case HOST_PATH -> source.hasHostPath();
          case SANDBOX_PATH -> source.hasSandboxPath();
          case SECRET -> source.hasSecret();
          case CSI_VOLUME -> source.hasCsiVolume();
          case UNKNOWN -> false;
        };
    if (!matches) {
      return TaskRefusal.of(
          "'source.type' is "
              + source.getType()
              + " and the member of that name is not set for volume "
              + volume.getContainerPath());
    }
    return source.hasSecret()
        ? secret(source.getSecret())
            .map(problem -> new TaskRefusal("Volume " + volume.getContainerPath() + " " + problem))
        : Optional.empty();
  }
}
