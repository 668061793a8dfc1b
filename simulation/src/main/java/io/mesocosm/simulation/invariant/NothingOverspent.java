package io.mesocosm.simulation.invariant;

import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.master.MasterSnapshot.AgentView;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.resource.Resources;
import java.util.HashMap;
import java.util.Map;

/** What is offered and used of an agent is never above what it has, and the books are right. */
final class NothingOverspent extends Invariant {
  // Views that have not changed are shared between snapshots: each is checked once.
  private final Map<AgentId, AgentView> checked = new HashMap<>();

  NothingOverspent() {
    super("offered + used never above an agent's total");
  }

  @Override
  public void masterLeads(String master, long epoch) {
    checked.clear();
  }

  @Override
  public void masterChanged(String master, MasterSnapshot snapshot) {
    for (AgentView agent : snapshot.agents().values()) {
      if (isNew(agent)) {
        check(agent);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // comparing the whole would cost more than checking it
  private boolean isNew(AgentView agent) {
    return checked.put(agent.id(), agent) != agent;
  }

  private void check(AgentView agent) {
    Resources total = agent.total();
    Resources used = agent.used().unallocated();
    Resources offered = agent.offered().unallocated();
    // Sums of ranges are unions: that none is given twice shows only in taking them away.
    boolean fits = total.contains(used.plus(offered)) && total.minus(used).contains(offered);
    if (!fits) {
      violated(
          "agent "
              + agent.id()
              + " has "
              + total
              + ", of which "
              + used
              + " are used and "
              + offered
              + " are offered");
    }
  }
}
