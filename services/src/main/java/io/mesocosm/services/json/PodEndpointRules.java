package io.mesocosm.services.json;

import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodContainer.Endpoint;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.TaskCheck;
import io.mesocosm.services.app.TaskCheck.PortReference;
import io.mesocosm.services.app.TaskCheck.Probe;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The rules for a pod's endpoints and for the checks of them (contracts/marathon-pods.md §3). */
final class PodEndpointRules {
  private final PodDefinition pod;
  private final Problems problems;
  private final List<String> networkNames;
  private final Set<String> names = new HashSet<>();
  private final Set<Integer> hostPorts = new HashSet<>();
  private final Set<Integer> containerPorts = new HashSet<>();

  private PodEndpointRules(PodDefinition pod, Problems problems) {
    this.pod = pod;
    this.problems = problems;
    this.networkNames =
        pod.networks().stream().map(Network::name).flatMap(Optional::stream).toList();
  }

  static void check(PodDefinition pod, Problems problems) {
    PodEndpointRules rules = new PodEndpointRules(pod, problems);
    for (int i = 0; i < pod.containers().size(); i++) {
      PodContainer container = pod.containers().get(i);
      String path = "/containers(" + i + ")";
      for (int k = 0; k < container.endpoints().size(); k++) {
        rules.check(container.endpoints().get(k), path + "/endpoints(" + k + ")");
      }
      container
          .healthCheck()
          .ifPresent(health -> rules.check(health.check(), container, path + "/healthCheck"));
      container.check().ifPresent(check -> rules.check(check, container, path + "/check"));
    }
  }

  private void check(Endpoint endpoint, String path) {
    unless(
        names.add(endpoint.name()),
        path + "/name",
        "Endpoint names must be unique over all containers, got " + endpoint.name() + " twice");
    if (endpoint.hostPort().orElse(0) != 0) {
      unless(
          hostPorts.add(endpoint.hostPort().get()),
          path + "/hostPort",
          "Host ports must be unique over all containers, got " + endpoint.hostPort().get());
    }
    if (endpoint.containerPort().orElse(0) != 0) {
      unless(
          containerPorts.add(endpoint.containerPort().get()),
          path + "/containerPort",
          "Container ports must be unique over all containers, got "
              + endpoint.containerPort().get());
    }
    for (String name : endpoint.networkNames()) {
      unless(
          networkNames.contains(name),
          path + "/networkNames",
          "got " + name + ", expected one of the pod's networks: " + networkNames);
    }
    checkPorts(endpoint, path);
  }

  private void checkPorts(Endpoint endpoint, String path) {
    if (pod.networkMode() == Network.Mode.HOST) {
      unless(
          endpoint.containerPort().isEmpty(),
          path + "/containerPort",
          "is not allowed on the host's network");
      unless(
          endpoint.hostPort().isPresent(),
          path + "/hostPort",
          "is required on the host's network, 0 for any");
      return;
    }
    unless(
        endpoint.containerPort().isPresent(),
        path + "/containerPort",
        "is required with networks other than the host's");
    unless(
        !endpoint.containerPort().equals(Optional.of(0)) || endpoint.hostPort().isPresent(),
        path + "/containerPort",
        "0 means the same as the host port, and needs a hostPort");
    unless(
        networkNames.size() < 2
            || endpoint.hostPort().isEmpty()
            || endpoint.networkNames().size() == 1,
        path + "/networkNames",
        "must name exactly one network for a hostPort, as the pod has "
            + networkNames.size()
            + " container networks");
  }

  private void check(TaskCheck check, PodContainer container, String path) {
    switch (check.probe()) {
      case Probe.Http(PortReference port, _, _) -> check(port, container, path + "/http/endpoint");
      case Probe.Tcp(PortReference port) -> check(port, container, path + "/tcp/endpoint");
      case Probe.Exec(_) -> {
        // needs no port
      }
    }
  }

  private void check(PortReference port, PodContainer container, String path) {
    if (port instanceof PortReference.Endpoint(String name)) {
      unless(
          container.endpoints().stream().anyMatch(endpoint -> endpoint.name().equals(name)),
          path,
          "got " + name + ", expected an endpoint of container " + container.name());
    }
  }

  private void unless(boolean met, String path, String text) {
    problems.ruleUnless(met, path, text);
  }
}
