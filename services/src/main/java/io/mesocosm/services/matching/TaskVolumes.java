package io.mesocosm.services.matching;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.mesos.v1.Protos;
import org.apache.mesos.v1.Protos.Secret;
import org.apache.mesos.v1.Protos.Volume.Source;
import org.apache.mesos.v1.Protos.Volume.Source.CSIVolume;
import org.apache.mesos.v1.Protos.Volume.Source.CSIVolume.VolumeCapability;

/**
 * Makes the volumes of a container (contracts/marathon-api.md §5). Persistent ones are not among
 * them: they come with the disk that they are on.
 */
final class TaskVolumes {
  private static final String DVDI = "dvdi";
  private static final String DVDI_PREFIX = DVDI + "/";
  private static final String CAPABILITY = "capability/";

  private TaskVolumes() {}

  static List<Protos.Volume> of(AppDefinition app) {
    List<Protos.Volume> wire = new ArrayList<>();
    for (Volume volume : app.container().map(present -> present.volumes()).orElse(List.of())) {
      of(volume, app.secrets()).ifPresent(wire::add);
    }
    return wire;
  }

  static Optional<Protos.Volume> of(Volume volume, SortedMap<String, String> secrets) {
    Protos.Volume.Builder wire =
        Protos.Volume.newBuilder().setContainerPath(volume.containerPath());
    return switch (volume) {
      case Volume.Host host ->
          Optional.of(wire.setMode(mode(host.mode())).setHostPath(host.hostPath()).build());
      case Volume.SecretFile file -> {
        wire.setMode(Protos.Volume.Mode.RO)
            .getSourceBuilder()
            .setType(Source.Type.SECRET)
            .setSecret(TaskSecrets.reference(secrets, file.secret()));
        yield Optional.of(wire.build());
      }
      case Volume.External external -> {
        wire.setMode(mode(external.mode()))
            .setSource(
                external.provider().equals(DVDI) ? ofDriver(external) : ofCsi(external, secrets));
        yield Optional.of(wire.build());
      }
      case Volume.Persistent _, Volume.Ephemeral _ -> Optional.empty();
    };
  }

  private static Protos.Volume.Mode mode(Volume.Mode mode) {
    return switch (mode) {
      case RO -> Protos.Volume.Mode.RO;
      case RW -> Protos.Volume.Mode.RW;
    };
  }

  /** A driver of Docker's makes it; its options go without our prefix. */
  private static Source ofDriver(Volume.External volume) {
    Source.Builder source = Source.newBuilder().setType(Source.Type.DOCKER_VOLUME);
    Source.DockerVolume.Builder docker = source.getDockerVolumeBuilder().setName(volume.name());
    volume
        .options()
        .forEach((key, value) -> {
          if (key.equals(DVDI_PREFIX + "driver")) {
            docker.setDriver(value);
          } else if (key.startsWith(DVDI_PREFIX)) {
            addOption(docker, key.substring(DVDI_PREFIX.length()), value);
          }
        });
    volume.size().ifPresent(size -> addOption(docker, "size", Long.toString(size)));
    return source.build();
  }

  private static void addOption(Source.DockerVolume.Builder docker, String key, String value) {
    docker.getDriverOptionsBuilder().addParameterBuilder().setKey(key).setValue(value);
  }

  private static Source ofCsi(Volume.External volume, SortedMap<String, String> secrets) {
    Source.Builder source = Source.newBuilder().setType(Source.Type.CSI_VOLUME);
    CSIVolume.Builder csi =
        source.getCsiVolumeBuilder().setPluginName(volume.options().getOrDefault("pluginName", ""));
    CSIVolume.StaticProvisioning.Builder provisioning =
        csi.getStaticProvisioningBuilder()
            .setVolumeId(volume.name())
            .setVolumeCapability(capability(volume.options()));
    for (Map.Entry<String, String> option : volume.options().entrySet()) {
      int slash = option.getKey().indexOf('/');
      String name = option.getKey().substring(slash + 1);
      Secret secret = TaskSecrets.reference(secrets, option.getValue());
      switch (option.getKey().substring(0, Math.max(0, slash))) {
        case "nodeStageSecret" -> provisioning.putNodeStageSecrets(name, secret);
        case "nodePublishSecret" -> provisioning.putNodePublishSecrets(name, secret);
        case "volumeContext" -> provisioning.putVolumeContext(name, option.getValue());
        default -> {
          // said above
        }
      }
    }
    return source.build();
  }

  private static VolumeCapability capability(SortedMap<String, String> options) {
    VolumeCapability.Builder capability = VolumeCapability.newBuilder();
    capability
        .getAccessModeBuilder()
        .setMode(
            VolumeCapability.AccessMode.Mode.valueOf(
                options.getOrDefault(CAPABILITY + "accessMode", "UNKNOWN")));
    if (options.getOrDefault(CAPABILITY + "accessType", "").equals("block")) {
      return capability.setBlock(VolumeCapability.BlockVolume.getDefaultInstance()).build();
    }
    VolumeCapability.MountVolume.Builder mount = capability.getMountBuilder();
    Optional.ofNullable(options.get(CAPABILITY + "fsType")).ifPresent(mount::setFsType);
    for (int i = 0; options.containsKey(CAPABILITY + "mountFlags/" + i); i++) {
      mount.addMountFlags(options.get(CAPABILITY + "mountFlags/" + i));
    }
    return capability.build();
  }
}
