package io.mesocosm.containerizer.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Device;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.InternetProtocol;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.Ulimit;
import com.github.dockerjava.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What {@code docker run} would be told of one container, gathered while its specification is gone
 * through. Confined to one thread.
 */
final class RunOptions {
  final HostConfig host = HostConfig.newHostConfig();
  final SortedMap<String, String> environment = new TreeMap<>();
  final SortedMap<String, String> labels = new TreeMap<>();
  final List<String> command = new ArrayList<>();
  final List<String> dns = new ArrayList<>();
  final List<String> dnsSearch = new ArrayList<>();
  final List<String> dnsOptions = new ArrayList<>();
  final List<String> extraHosts = new ArrayList<>();
  final List<Capability> addedCapabilities = new ArrayList<>();
  final List<Capability> droppedCapabilities = new ArrayList<>();
  final List<Device> devices = new ArrayList<>();
  final List<String> groups = new ArrayList<>();
  final List<String> securityOptions = new ArrayList<>();
  final List<Ulimit> ulimits = new ArrayList<>();
  final List<String> aliases = new ArrayList<>();
  final List<Volume> anonymousVolumes = new ArrayList<>();
  final SortedMap<String, String> memoryFileSystems = new TreeMap<>();
  final SortedMap<String, String> kernelParameters = new TreeMap<>();
  final SortedMap<String, String> logOptions = new TreeMap<>();
  Optional<String> logDriver = Optional.empty();
  Optional<String> entryPoint = Optional.empty();
  Optional<String> hostName = Optional.empty();
  Optional<String> user = Optional.empty();
  Optional<String> workingFolder = Optional.empty();
  Optional<String> stopSignal = Optional.empty();
  Optional<String> macAddress = Optional.empty();
  String network = "host";

  private final List<Bind> binds = new ArrayList<>();
  private final List<Mount> mounts = new ArrayList<>();
  private final List<PortBinding> ports = new ArrayList<>();

  /** A path with a colon cannot be written as a bind, which on its side makes missing folders. */
  void mount(String source, String target, boolean readOnly) {
    if (source.contains(":") || target.contains(":")) {
      mounts.add(
          new Mount()
              .withType(MountType.BIND)
              .withSource(source)
              .withTarget(target)
              .withReadOnly(readOnly));
    } else {
      add(new Bind(source, new Volume(target), readOnly ? AccessMode.ro : AccessMode.rw));
    }
  }

  void add(Bind bind) {
    binds.add(bind);
  }

  void publish(String address, int hostPort, int containerPort, String protocol) {
    ports.add(
        new PortBinding(
            Ports.Binding.bindIpAndPort(address, hostPort),
            new ExposedPort(containerPort, InternetProtocol.parse(protocol))));
  }

  boolean publishesPorts() {
    return !ports.isEmpty();
  }

  void applyTo(CreateContainerCmd create) {
    host.withBinds(binds)
        .withMounts(mounts)
        .withPortBindings(ports)
        .withNetworkMode(network)
        .withDns(dns)
        .withDnsSearch(dnsSearch)
        .withDnsOptions(dnsOptions)
        .withExtraHosts(extraHosts.toArray(String[]::new))
        .withCapAdd(addedCapabilities.toArray(Capability[]::new))
        .withCapDrop(droppedCapabilities.toArray(Capability[]::new))
        .withDevices(devices)
        .withGroupAdd(groups)
        .withSecurityOpts(securityOptions)
        .withUlimits(ulimits)
        .withTmpFs(memoryFileSystems)
        .withSysctls(kernelParameters);
    RunParameters.applyLog(this);
    create
        .withHostConfig(host)
        .withEnv(
            environment.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList())
        .withLabels(labels)
        .withExposedPorts(ports.stream().map(PortBinding::getExposedPort).toList())
        .withVolumes(anonymousVolumes)
        .withAttachStdout(true)
        .withAttachStderr(true);
    if (!command.isEmpty()) {
      create.withCmd(command);
    }
    if (!aliases.isEmpty()) {
      create.withAliases(aliases);
    }
    entryPoint.ifPresent(create::withEntrypoint);
    hostName.ifPresent(create::withHostName);
    user.ifPresent(create::withUser);
    workingFolder.ifPresent(create::withWorkingDir);
    stopSignal.ifPresent(create::withStopSignal);
    macAddress.ifPresent(create::withMacAddress);
  }
}
