package io.mesocosm.services.app;

import java.util.List;
import java.util.Optional;

/**
 * What an app's instances run in.
 *
 * @param docker always present with type {@link Type#DOCKER}
 * @param portMappings empty on the host's network
 */
public record Container(
    Type type,
    Optional<Docker> docker,
    List<Volume> volumes,
    List<PortMapping> portMappings,
    Optional<LinuxInfo> linuxInfo) {
  public Container(
      Type type, Optional<Docker> docker, List<Volume> volumes, List<PortMapping> portMappings) {
    this(type, docker, volumes, portMappings, Optional.empty());
  }

  public Container {
    if (type == Type.DOCKER && docker.isEmpty()) {
      throw new IllegalArgumentException("a container of type DOCKER must have an image");
    }
    volumes = List.copyOf(volumes);
    portMappings = List.copyOf(portMappings);
  }

  /** Who runs the container; the names are those of the API. */
  public enum Type {
    /** The Docker Engine. */
    DOCKER,
    /** The agent itself. */
    MESOS
  }

  /**
   * What a container made from an image is made with.
   *
   * @param pullSecret the name of the secret that has the registry's credentials
   */
  public record Docker(
      String image,
      boolean forcePullImage,
      boolean privileged,
      List<Parameter> parameters,
      Optional<String> pullSecret) {
    public Docker(
        String image, boolean forcePullImage, boolean privileged, List<Parameter> parameters) {
      this(image, forcePullImage, privileged, parameters, Optional.empty());
    }

    public Docker {
      parameters = List.copyOf(parameters);
    }
  }

  /** One {@code --key=value} of docker run. */
  public record Parameter(String key, String value) {}

  public Container withPortMappings(List<PortMapping> mappings) {
    return new Container(type, docker, volumes, mappings, linuxInfo);
  }
}
