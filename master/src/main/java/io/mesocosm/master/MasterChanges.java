package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.OfferId;
import java.util.List;

/**
 * What has changed in a master since it was asked last: cheap for the core to tell, and enough for
 * a {@link MasterMirror} to keep a copy of the whole beside it. Deeply immutable.
 *
 * @param agents new or changed; what is used and offered there follows from tasks, executors and
 *     offers
 * @param frameworks new or changed, without their tasks, executors and offers
 * @param completedFrameworks removed since, in order
 * @param tasks new or changed that are neither unreachable nor completed
 * @param unreachableTasks new or changed
 * @param completedTasks in the order that they were completed in
 */
public record MasterChanges(
    List<MasterSnapshot.AgentView> agents,
    List<AgentId> removedAgents,
    List<MasterSnapshot.FrameworkView> frameworks,
    List<MasterSnapshot.FrameworkView> completedFrameworks,
    List<MasterSnapshot.TaskView> completedTasks,
    List<MasterSnapshot.TaskView> tasks,
    List<MasterSnapshot.TaskView> unreachableTasks,
    List<Offer> offers,
    List<OfferId> goneOffers,
    MasterSnapshot.DecisionsView decisions,
    MasterSnapshot.AllocationView shares) {}
