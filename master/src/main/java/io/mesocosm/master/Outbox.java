package io.mesocosm.master;

import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.scheduler.Protos.Event;

/** Gathers the effects of the command at hand, in order. */
final class Outbox {
  private List<MasterEffect> effects = new ArrayList<>();

  /**
   * To a framework, if it is connected; what it misses it learns by reconciliation or by the
   * agent's retry.
   */
  void toScheduler(Framework framework, Event event) {
    framework.stream()
        .ifPresent(stream -> {
          framework.tally().told(event.getType());
          effects.add(new MasterEffect.SendToScheduler(stream, event));
        });
  }

  void toAgent(Agent agent, LinkEvent event) {
    agent.stream().ifPresent(stream -> effects.add(new MasterEffect.SendToAgent(stream, event)));
  }

  void add(MasterEffect effect) {
    effects.add(effect);
  }

  void accept(long request) {
    effects.add(new MasterEffect.Answer(request, new CallAnswer.Accepted()));
  }

  void applied(long request) {
    effects.add(new MasterEffect.Answer(request, new CallAnswer.Applied()));
  }

  void refuse(long request, int status, String message) {
    effects.add(new MasterEffect.Answer(request, new CallAnswer.Refused(status, message)));
  }

  void closeScheduler(Optional<StreamId> stream) {
    stream.ifPresent(name -> effects.add(new MasterEffect.CloseSchedulerStream(name)));
  }

  void closeAgent(Optional<StreamId> stream) {
    stream.ifPresent(name -> effects.add(new MasterEffect.CloseAgentStream(name)));
  }

  void setTimer(MasterTimer timer, Instant at) {
    effects.add(new MasterEffect.SetTimer(timer, at));
  }

  void cancelTimer(MasterTimer timer) {
    effects.add(new MasterEffect.CancelTimer(timer));
  }

  void count(String metric) {
    effects.add(new MasterEffect.Count(metric));
  }

  /** Everything since the last call. */
  List<MasterEffect> take() {
    List<MasterEffect> taken = effects;
    effects = new ArrayList<>();
    return taken;
  }
}
