package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.Network;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodContainer.Endpoint;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.TaskCheck.PortReference;
import io.mesocosm.services.app.TaskCheck.Probe;
import io.mesocosm.services.json.PodStatusView.InstanceView;
import io.mesocosm.services.json.PodStatusView.LocalVolume;
import io.mesocosm.services.json.PodStatusView.TaskEnd;
import io.mesocosm.services.json.PodStatusView.TaskView;
import io.mesocosm.services.json.PodStatusView.Termination;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Writes pods and their instances as they are (contracts/marathon-pods.md §5). */
public final class PodStatusWriter {
  private PodStatusWriter() {}

  public static ObjectNode write(PodStatusView view) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    Instant changedAt = PodStatusRules.changedAt(view);
    json.put("id", view.pod().id().path());
    json.set("spec", PodWriter.write(view.pod()));
    json.put("status", PodStatusRules.state(view).name());
    json.put("statusSince", Timestamps.format(changedAt));
    ArrayNode instances = json.putArray("instances");
    view.instances().forEach(instance -> instances.add(write(instance)));
    ArrayNode history = json.putArray("terminationHistory");
    view.terminations().forEach(termination -> write(termination, history.addObject()));
    putTimes(json, PodStatusRules.updatedAt(view), changedAt);
    return json;
  }

  /** One instance; also what is answered when it is ended by its id. */
  public static ObjectNode write(InstanceView instance) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    PodDefinition pod = instance.pod();
    json.put("id", instance.id().toString());
    json.put("status", PodStatusRules.state(instance).name());
    json.put("statusSince", Timestamps.format(instance.since()));
    PodStatusRules.message(instance).ifPresent(message -> json.put("message", message));
    json.putArray("conditions");
    json.put("agentHostname", instance.placement().hostname());
    json.put("agentId", instance.placement().agentId());
    instance.placement().region().ifPresent(region -> json.put("agentRegion", region));
    instance.placement().zone().ifPresent(zone -> json.put("agentZone", zone));
    putResources(pod, json.putObject("resources"));
    putNetworks(instance, json.putArray("networks"));
    putContainers(instance, json.putArray("containers"));
    json.put(
        "specReference",
        "/v2/pods" + pod.id().path() + "::versions/" + Timestamps.format(pod.version()));
    ArrayNode volumes = json.putArray("localVolumes");
    instance.volumes().forEach(volume -> write(volume, pod, volumes.addObject()));
    json.put("role", instance.placement().role());
    putTimes(json, PodStatusRules.updatedAt(instance), instance.since());
    return json;
  }

  private static void putTimes(ObjectNode json, Instant updatedAt, Instant changedAt) {
    json.put("lastUpdated", Timestamps.format(updatedAt));
    json.put("lastChanged", Timestamps.format(changedAt));
  }

  /** Of all containers and the executor. */
  private static void putResources(PodDefinition pod, ObjectNode into) {
    PodContainerWriter.putResources(
        into,
        sum(pod, PodContainer::cpus, pod.executorResources().cpus()),
        sum(pod, PodContainer::mem, pod.executorResources().mem()),
        sum(pod, PodContainer::disk, pod.executorResources().disk()),
        pod.containers().stream().mapToInt(PodContainer::gpus).sum());
  }

  private static double sum(
      PodDefinition pod, ToDoubleFunction<PodContainer> amount, double executor) {
    return pod.containers().stream()
        .map(container -> Scalar.of(amount.applyAsDouble(container)))
        .reduce(Scalar.of(executor), Scalar::plus)
        .toDouble();
  }

  /**
   * All containers share the addresses. Agents report them in the order of the networks, and those
   * beyond belong to the last.
   */
  private static void putNetworks(InstanceView instance, ArrayNode into) {
    List<String> addresses =
        instance.tasks().stream().flatMap(task -> task.ipAddresses().stream()).distinct().toList();
    List<Network> networks = instance.pod().networks();
    for (int i = 0; i < networks.size(); i++) {
      int from = Math.min(i, addresses.size());
      boolean last = i == networks.size() - 1;
      int to = last ? addresses.size() : Math.min(i + 1, addresses.size());
      ObjectNode json = into.addObject();
      networks.get(i).name().ifPresent(name -> json.put("name", name));
      AppWriter.putTexts(json, "addresses", addresses.subList(from, to));
    }
  }

  private static void putContainers(InstanceView instance, ArrayNode into) {
    List<Integer> hostPorts = instance.placement().hostPorts();
    int first = 0;
    for (PodContainer container : instance.pod().containers()) {
      int from = Math.min(first, hostPorts.size());
      first += container.endpoints().size();
      List<Integer> own = hostPorts.subList(from, Math.min(first, hostPorts.size()));
      instance.tasks().stream()
          .filter(task -> task.container().equals(container.name()))
          .max(Comparator.comparing(TaskView::since))
          .ifPresent(task -> write(container, task, own, into.addObject()));
    }
  }

  private static void write(
      PodContainer container, TaskView task, List<Integer> hostPorts, ObjectNode into) {
    into.put("name", container.name());
    into.put("status", task.mesosState());
    into.put("statusSince", Timestamps.format(task.since()));
    task.message().ifPresent(message -> into.put("message", message));
    ArrayNode conditions = into.putArray("conditions");
    task.healthy()
        .ifPresent(healthy -> {
          ObjectNode condition =
              conditions
                  .addObject()
                  .put("name", "healthy")
                  .put("value", Boolean.toString(healthy))
                  .put("reason", "health-reported-by-mesos");
          putTimes(condition, task.since(), task.since());
        });
    into.put("containerId", task.taskId());
    ArrayNode endpoints = into.putArray("endpoints");
    for (int i = 0; i < container.endpoints().size(); i++) {
      Endpoint endpoint = container.endpoints().get(i);
      ObjectNode json = endpoints.addObject().put("name", endpoint.name());
      if (i < hostPorts.size() && hostPorts.get(i) > 0) {
        json.put("allocatedHostPort", hostPorts.get(i));
      }
      if (isChecked(endpoint, container)) {
        task.healthy().ifPresent(healthy -> json.put("healthy", healthy));
      }
    }
    PodContainerWriter.putResources(
        into.putObject("resources"),
        container.cpus(),
        container.mem(),
        container.disk(),
        container.gpus());
    if (task.condition().isTerminal()) {
      putTermination(into, task.message());
    }
    putTimes(into, task.since(), task.since());
  }

  private static boolean isChecked(Endpoint endpoint, PodContainer container) {
    Optional<PortReference> port =
        container
            .healthCheck()
            .flatMap(health ->
                switch (health.check().probe()) {
                  case Probe.Http(PortReference given, _, _) -> Optional.of(given);
                  case Probe.Tcp(PortReference given) -> Optional.of(given);
                  case Probe.Exec _ -> Optional.empty();
                });
    return port.equals(Optional.of(new PortReference.Endpoint(endpoint.name())));
  }

  private static void putTermination(ObjectNode owner, Optional<String> message) {
    ObjectNode termination = owner.putObject("termination");
    PodStatusRules.exitCode(message).ifPresent(code -> termination.put("exitCode", code));
    message.ifPresent(text -> termination.put("message", text));
  }

  private static void write(LocalVolume volume, PodDefinition pod, ObjectNode into) {
    into.put("runSpecId", pod.id().path());
    into.put("containerPath", volume.containerPath());
    into.put("uuid", volume.uuid());
    into.put(
        "persistenceId",
        String.join("#", pod.id().taskPrefix(), volume.containerPath(), volume.uuid()));
  }

  private static void write(Termination termination, ObjectNode into) {
    into.put("instanceID", termination.instance().toString());
    into.put("startedAt", Timestamps.format(termination.startedAt()));
    into.put("terminatedAt", Timestamps.format(termination.terminatedAt()));
    termination.message().ifPresent(message -> into.put("message", message));
    ArrayNode containers = into.putArray("containers");
    for (TaskEnd end : termination.tasks()) {
      ObjectNode json = containers.addObject().put("containerId", end.taskId());
      json.put("lastKnownState", end.mesosState());
      putTermination(json, end.message());
    }
  }
}
