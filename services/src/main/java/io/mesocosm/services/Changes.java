package io.mesocosm.services;

import io.mesocosm.services.Deed.Asked;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Goal;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What clients ask for. Every change of definitions becomes a deployment, which is stored with the
 * definitions before anybody is answered and before anything is done (contracts/marathon-api.md §9,
 * L1 to L5).
 */
final class Changes {
  private final ServicesState state;
  private final Outbox outbox;
  private final Endings endings;
  private final Proposals proposals;

  Changes(ServicesState state, Outbox outbox, Endings endings, Proposals proposals) {
    this.state = state;
    this.outbox = outbox;
    this.endings = endings;
    this.proposals = proposals;
  }

  void change(ServicesCommand.Change command, Instant now) {
    if (isAnsweredBefore(command.request(), command.options())) {
      return;
    }
    OptionalLong expected = command.expectedGeneration();
    if (expected.isPresent()
        && (expected.getAsLong() != state.generation() || !state.deployments.storing().isEmpty())) {
      // What is being stored is not in any snapshot yet: the wishes cannot have known of it.
      outbox.answer(command.request(), new ApiAnswer.Retry());
      return;
    }
    deploy(Optional.of(command.request()), command.wishes(), command.options(), List.of(), now);
  }

  private boolean isAnsweredBefore(long request, WriteOptions options) {
    Optional<WriteOptions.Key> key = options.key();
    if (key.isEmpty()) {
      return false;
    }
    Optional<GivenAnswer> given = state.answers.given(key.get().value());
    Optional<GivenAnswer> storing = state.answers.storing(key.get().value());
    Optional<GivenAnswer> first = given.or(() -> storing);
    if (first.isEmpty()) {
      return false;
    }
    if (!first.get().request().equals(key.get().request())) {
      outbox.answer(request, new ApiAnswer.KeyReused());
    } else if (given.isPresent()) {
      outbox.answer(request, new ApiAnswer.Repeated(given.get()));
    } else {
      state.answers.await(key.get().value(), request);
    }
    return true;
  }

  void kill(ServicesCommand.KillInstances command, Instant now) {
    if (command.scale() && isAnsweredBefore(command.request(), command.options())) {
      return;
    }
    List<Instance> chosen =
        candidates(command).stream()
            .filter(instance ->
                instance.wanted() || (command.wipe() && instance.goal() == Goal.STOPPED))
            .filter(instance -> isNamed(instance, command))
            .toList();
    if (!command.scale() || chosen.isEmpty()) {
      outbox.answer(command.request(), new ApiAnswer.Killed(chosen));
      if (command.options().dryRun()) {
        return;
      }
      for (Instance instance : chosen) {
        if (command.wipe()) {
          endings.end(instance, now);
        } else {
          endings.stop(instance, now);
        }
      }
      return;
    }
    SortedMap<AppId, Integer> countByApp = new TreeMap<>();
    chosen.forEach(instance -> countByApp.merge(instance.id().app(), 1, Integer::sum));
    List<Wish> wishes = new ArrayList<>();
    countByApp.forEach((id, count) ->
        state
            .specs
            .get(id)
            .map(spec ->
                new Wish.Put(
                    spec.withInstances(Math.max(0, spec.instances() - count)),
                    Optional.of(spec.version())))
            .ifPresent(wishes::add));
    List<InstanceId> named = chosen.stream().map(Instance::id).toList();
    deploy(Optional.of(command.request()), wishes, command.options(), named, now);
  }

  private List<Instance> candidates(ServicesCommand.KillInstances command) {
    if (command.app().isPresent()) {
      return List.copyOf(state.instances.of(command.app().get()));
    }
    return command.ids().stream()
        .flatMap(id -> InstanceId.parse(id).stream())
        .distinct()
        .flatMap(id -> state.instances.get(id).stream())
        .toList();
  }

  private static boolean isNamed(Instance instance, ServicesCommand.KillInstances command) {
    boolean byId =
        command.ids().isEmpty()
            || command.ids().contains(instance.id().toString())
            || instance.tasks().stream().anyMatch(task -> command.ids().contains(task.taskId()));
    return byId
        && command
            .host()
            .filter(host -> !host.equals("*") && !host.equals(instance.placement().hostname()))
            .isEmpty();
  }

  void cancel(ServicesCommand.CancelDeployment command, Instant now) {
    WriteOptions options = command.options();
    if (isAnsweredBefore(command.request(), options)) {
      return;
    }
    Optional<Deployment> deployment = state.deployments.get(command.deployment());
    if (deployment.isEmpty()) {
      outbox.answer(
          command.request(), new ApiAnswer.NotFound("Deployment", command.deployment().toString()));
      return;
    }
    if (options.force() && options.dryRun()) {
      // it would be left as it is, and nothing else would change
      outbox.answer(
          command.request(),
          new ApiAnswer.Planned(
              new Deployment(
                  deployment.get().id(), deployment.get().version(), List.of(), List.of(), 0),
              List.of()));
      return;
    }
    if (options.force()) {
      outbox.store(
          List.of(),
          List.of(StoredRecord.DeploymentRecord.pathOf(command.deployment())),
          new Deed.CancelDeployment(command.request(), command.deployment()));
      return;
    }
    deploy(
        Optional.of(command.request()),
        backFrom(deployment.get()),
        new WriteOptions(true, options.dryRun(), options.key()),
        List.of(),
        now);
  }

  /** Goes back to where the deployment began, unasked. */
  Optional<DeploymentId> revert(Deployment deployment, Instant now) {
    return ofOurOwn(backFrom(deployment), true, now);
  }

  /** What leads back to where the deployment began (row L3). */
  private List<Wish> backFrom(Deployment deployment) {
    List<Wish> wishes = new ArrayList<>();
    for (Deployment.Change change : deployment.changes()) {
      Optional<RunSpec> original =
          change.original().flatMap(at -> state.specs.history().version(change.app(), at));
      if (original.isPresent()) {
        wishes.add(new Wish.PutBack(original.get()));
      } else if (state.specs.get(change.app()).isPresent()) {
        wishes.add(new Wish.Remove(change.app()));
      }
    }
    return wishes;
  }

  /** What nobody asked for; nothing if that cannot be at present. */
  Optional<DeploymentId> ofOurOwn(List<Wish> wishes, boolean force, Instant now) {
    return deploy(Optional.empty(), wishes, WriteOptions.forced(force), List.of(), now);
  }

  void resetDelay(ServicesCommand.ResetDelay command) {
    if (!state.queue.has(command.app())) {
      outbox.answer(command.request(), new ApiAnswer.NotFound("App", command.app().path()));
      return;
    }
    state.backoff.reset(command.app());
    state.attempts.reset(command.app());
    state.touch(command.app());
    outbox.answer(command.request(), new ApiAnswer.Done());
  }

  /** The deployment that is being stored, if there is to be one. */
  private Optional<DeploymentId> deploy(
      Optional<Long> request,
      List<Wish> wishes,
      WriteOptions options,
      List<InstanceId> named,
      Instant now) {
    switch (proposals.propose(wishes, options.force(), now)) {
      case Proposals.Result.Refused(ApiAnswer why) -> {
        request.ifPresent(asked -> outbox.answer(asked, why));
        return Optional.empty();
      }
      case Proposals.Result.Proposal proposal -> {
        if (options.dryRun()) {
          request.ifPresent(asked ->
              outbox.answer(asked, new ApiAnswer.Planned(proposal.deployment(), proposal.specs())));
          return Optional.empty();
        }
        store(request, proposal, options, named, now);
        return Optional.of(proposal.deployment().id());
      }
    }
  }

  /** The deployment first: it holds all that is needed, should the rest not be written. */
  private void store(
      Optional<Long> request,
      Proposals.Result.Proposal proposal,
      WriteOptions options,
      List<InstanceId> named,
      Instant now) {
    Deployment deployment = proposal.deployment();
    List<StoredRecord> records = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    // Versions before what names them, so that no record ever names what is not there.
    proposal.specs().forEach(spec -> records.add(new StoredRecord.VersionRecord(spec)));
    records.add(new StoredRecord.DeploymentRecord(deployment));
    for (RunSpec spec : proposal.specs()) {
      if (!spec.version().equals(deployment.version())) {
        records.add(
            new StoredRecord.PutBackRecord(spec.id(), deployment.version(), spec.version()));
      }
      records.add(new StoredRecord.SpecRecord(spec));
    }
    for (Deployment.Change change : deployment.changes()) {
      if (change.target().isEmpty()) {
        records.add(new StoredRecord.DeletedRecord(change.app(), deployment.version()));
        removed.add(StoredRecord.SpecRecord.pathOf(change.app()));
      }
    }
    proposal.groupWishes().forEach(wish -> GroupWishes.store(wish, records, removed, deployment));
    Optional<GivenAnswer> answer =
        options
            .key()
            .map(key ->
                new GivenAnswer(
                    key.value(),
                    key.request(),
                    deployment.id(),
                    deployment.version(),
                    proposal.specs().stream().map(RunSpec::id).toList(),
                    now));
    answer.ifPresent(given -> {
      records.add(new StoredRecord.AnswerRecord(given));
      state.answers.store(given);
      state.answers.prune(now).forEach(key -> removed.add(StoredRecord.AnswerRecord.pathOf(key)));
    });
    proposal.cancelled().stream().map(StoredRecord.DeploymentRecord::pathOf).forEach(removed::add);
    state.deployments.storing(deployment);
    proposals.storing(proposal);
    outbox.store(
        records,
        removed,
        new Deed.BeginDeployment(
            request.map(asked -> new Asked(asked, answer)),
            deployment,
            proposal.specs(),
            proposal.groupWishes(),
            proposal.cancelled(),
            named));
  }

  /** It may have been written all the same: left there, it would begin after the next start. */
  void notStored(Deed.BeginDeployment deed, String why) {
    state.deployments.notStored(deed.deployment().id());
    proposals.settled(deed.deployment().id());
    deed.request()
        .ifPresent(asked -> {
          outbox.answerWhenRepaired(asked.request(), new ApiAnswer.NotStored(why));
          asked
              .answer()
              .map(state.answers::settle)
              .orElse(List.of())
              .forEach(also -> outbox.answerWhenRepaired(also, new ApiAnswer.NotStored(why)));
        });
    outbox.repairSoon();
  }

  /** The record may be gone all the same: without it, the deployment would not go on. */
  void notStored(Deed.CancelDeployment deed, String why) {
    outbox.answerWhenRepaired(deed.request(), new ApiAnswer.NotStored(why));
    outbox.repairSoon();
  }
}
