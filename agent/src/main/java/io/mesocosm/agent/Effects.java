package io.mesocosm.agent;

import java.util.ArrayList;
import java.util.List;

/** Gathers the effects of the command at hand, in order. */
final class Effects {
  private List<AgentEffect> gathered = new ArrayList<>();

  void add(AgentEffect effect) {
    gathered.add(effect);
  }

  /** What was gathered since the last call. */
  List<AgentEffect> drain() {
    List<AgentEffect> drained = List.copyOf(gathered);
    gathered = new ArrayList<>();
    return drained;
  }
}
