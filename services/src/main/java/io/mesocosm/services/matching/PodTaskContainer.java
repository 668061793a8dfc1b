package io.mesocosm.services.matching;

import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodContainer.Mount;
import java.util.Optional;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.Image;
import org.apache.mesos.v1.Protos.TTYInfo;
import org.apache.mesos.v1.Protos.Volume;
import org.apache.mesos.v1.Protos.Volume.Source;

/**
 * Makes what a pod's container sees as its file system, and what it shares with the others
 * (contracts/marathon-pods.md §3, §4). Networks are its executor's.
 */
final class PodTaskContainer {
  private PodTaskContainer() {}

  static ContainerInfo of(PodLaunch launch, PodContainer container) {
    ContainerInfo.Builder wire = ContainerInfo.newBuilder().setType(ContainerInfo.Type.MESOS);
    container.image().ifPresent(image -> wire.getMesosBuilder().setImage(image(launch, image)));
    container.volumeMounts().forEach(mount -> volume(launch, mount).ifPresent(wire::addVolumes));
    if (container.tty()) {
      wire.setTtyInfo(TTYInfo.getDefaultInstance());
    }
    container.linuxInfo().ifPresent(info -> wire.setLinuxInfo(PodExecutor.linux(info)));
    if (!launch.pod().legacySharedCgroups()) {
      // without a word they share, as of old
      wire.getLinuxInfoBuilder().setShareCgroups(false);
    }
    return wire.build();
  }

  private static Image image(PodLaunch launch, PodContainer.Image asked) {
    Image.Builder image =
        Image.newBuilder().setType(Image.Type.DOCKER).setCached(!asked.forcePull());
    image.getDockerBuilder().setName(asked.id());
    asked
        .pullSecret()
        .ifPresent(
            secret -> image.getDockerBuilder().setConfig(PodEnvironment.secret(launch, secret)));
    return image.build();
  }

  /** Nothing for a name that is none of the pod's volumes. */
  private static Optional<Volume> volume(PodLaunch launch, Mount mount) {
    return launch.pod().volumes().stream()
        .filter(volume -> volume.containerPath().equals(mount.volume()))
        .findFirst()
        .map(volume ->
            Volume.newBuilder()
                .setContainerPath(mount.mountPath())
                .setMode(mount.readOnly().orElse(false) ? Volume.Mode.RO : Volume.Mode.RW)
                .setSource(source(launch, volume))
                .build());
  }

  private static Source source(PodLaunch launch, io.mesocosm.services.app.Volume volume) {
    Source.Builder source = Source.newBuilder();
    switch (volume) {
      case io.mesocosm.services.app.Volume.Host host ->
          source.setType(Source.Type.HOST_PATH).getHostPathBuilder().setPath(host.hostPath());
      case io.mesocosm.services.app.Volume.SecretFile file ->
          source
              .setType(Source.Type.SECRET)
              .setSecret(PodEnvironment.secret(launch, file.secret()));
      // the disk of a persistent volume is in the executor's sandbox, under the volume's name
      case io.mesocosm.services.app.Volume.Ephemeral _,
          io.mesocosm.services.app.Volume.Persistent _,
          io.mesocosm.services.app.Volume.External _ ->
          source
              .setType(Source.Type.SANDBOX_PATH)
              .getSandboxPathBuilder()
              .setType(Source.SandboxPath.Type.PARENT)
              .setPath(volume.containerPath());
    }
    return source.build();
  }
}
