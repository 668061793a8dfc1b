package io.mesocosm.simulation.cluster;

import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.Services;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.ServicesEffect;
import io.mesocosm.services.ServicesNotice;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.services.WriteOptions;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.simulation.invariant.Invariants;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.mesos.v1.scheduler.Protos.Call;

/** Tells those who watch over the promises what a services scheduler does. */
final class ServicesWatch {
  /**
   * What a write says of an instance.
   *
   * @param wanted absent if it is removed
   */
  private record Kept(InstanceId instance, Optional<Boolean> wanted) {}

  private final Invariants invariants;
  private final Services core;
  private final Map<Long, List<Kept>> keptByWrite = new HashMap<>();
  private final Map<InstanceId, Long> lastWriteByInstance = new HashMap<>();
  private final Map<Long, String> keyByRequest = new HashMap<>();
  private final Map<Long, DeploymentId> deploymentByRequest = new HashMap<>();
  private ServicesSnapshot last;

  ServicesWatch(Invariants invariants, Services core) {
    this.invariants = invariants;
    this.core = core;
    this.last = core.snapshot();
  }

  /** All that the store held, whether or not the scheduler was given it. */
  void loaded(Collection<StoredRecord> records) {
    for (StoredRecord record : records) {
      if (record instanceof StoredRecord.AnswerRecord(var answer)) {
        invariants.keyed(answer.key(), answer.deployment());
      }
    }
    last = core.snapshot();
    last.deployments().forEach(view -> invariants.deploymentCarriedOut(view.deployment().id()));
  }

  /** A command was handled; nothing of what came of it is done yet. */
  void handled(ServicesCommand command, List<ServicesEffect> effects) {
    asked(command, effects);
    boolean acted = false;
    // Of what is out of touch, the end is asked for first and then written down.
    for (ServicesEffect effect : effects) {
      acted |= effect instanceof ServicesEffect.Store write && writes(write);
    }
    for (ServicesEffect effect : effects) {
      switch (effect) {
        case ServicesEffect.SendCall(Call call) -> {
          if (call.getType() == Call.Type.KILL) {
            acted = true;
            invariants.servicesKill(call.getKill().getTaskId().getValue());
          }
        }
        case ServicesEffect.Answer(long request, ApiAnswer answer) -> answered(request, answer);
        case ServicesEffect.Announce(ServicesNotice notice) -> {
          if (notice instanceof ServicesNotice.DeploymentStarted(var deployment)) {
            acted = true;
            invariants.deploymentCarriedOut(deployment.id());
          }
        }
        case ServicesEffect.Store _,
            ServicesEffect.Subscribe _,
            ServicesEffect.StartHealthChecks _,
            ServicesEffect.StopHealthChecks _,
            ServicesEffect.Measure _,
            ServicesEffect.StartReadinessChecks _,
            ServicesEffect.StopReadinessChecks _,
            ServicesEffect.SetTimer _,
            ServicesEffect.CancelTimer _ -> {
          // nothing is promised of them
        }
      }
    }
    if (acted && !(command instanceof ServicesCommand.Loaded)) {
      ServicesSnapshot now = core.snapshot();
      invariants.servicesActed(last, now, command instanceof ServicesCommand.KillInstances);
      last = now;
    }
  }

  private void asked(ServicesCommand command, List<ServicesEffect> effects) {
    if (!(command instanceof ServicesCommand.Change change)) {
      return;
    }
    change
        .options()
        .key()
        .map(WriteOptions.Key::value)
        .ifPresent(key -> keyByRequest.put(change.request(), key));
    for (ServicesEffect effect : effects) {
      if (effect instanceof ServicesEffect.Store write) {
        for (StoredRecord record : write.records()) {
          if (record instanceof StoredRecord.DeploymentRecord(var deployment)) {
            deploymentByRequest.putIfAbsent(change.request(), deployment.id());
          }
        }
      }
    }
  }

  private void answered(long request, ApiAnswer answer) {
    Optional<String> key = Optional.ofNullable(keyByRequest.remove(request));
    Optional<DeploymentId> meant = Optional.ofNullable(deploymentByRequest.remove(request));
    if (answer instanceof ApiAnswer.Deployed deployed) {
      key.ifPresent(is -> invariants.keyed(is, deployed.deployment()));
    }
    if (answer instanceof ApiAnswer.Repeated repeated) {
      key.ifPresent(is -> invariants.keyed(is, repeated.first().deployment()));
    }
    if (answer instanceof ApiAnswer.NotStored) {
      meant.ifPresent(invariants::changeRefused);
    }
  }

  private boolean writes(ServicesEffect.Store write) {
    List<Kept> kept = new ArrayList<>();
    for (StoredRecord record : write.records()) {
      if (record instanceof StoredRecord.InstanceRecord(var instance)) {
        kept.add(new Kept(instance.id(), Optional.of(instance.wanted())));
      }
    }
    for (String path : write.removedPaths()) {
      if (path.startsWith("/instances/")) {
        InstanceId.parse(path.substring("/instances/".length()))
            .ifPresent(id -> kept.add(new Kept(id, Optional.empty())));
      }
    }
    if (kept.isEmpty()) {
      return false;
    }
    keptByWrite.put(write.write(), kept);
    for (Kept one : kept) {
      lastWriteByInstance.put(one.instance(), write.write());
      invariants.instanceKept(one.instance(), Optional.empty());
    }
    return true;
  }

  /** A write has come to its end. */
  void stored(long write, boolean done) {
    List<Kept> kept = keptByWrite.remove(write);
    if (kept == null) {
      return;
    }
    for (Kept one : kept) {
      if (Objects.equals(lastWriteByInstance.get(one.instance()), write)) {
        lastWriteByInstance.remove(one.instance());
        if (done) {
          invariants.instanceKept(one.instance(), one.wanted());
        }
      }
    }
  }
}
