package io.mesocosm.allocator;

import io.mesocosm.model.resource.Scalar;
import java.util.SortedMap;

/**
 * What metrics show of an allocator, at one moment. Amounts are sums of scalars by resource name.
 *
 * @param allocationRuns how often {@link Allocator#allocate} was asked since the start
 * @param total of all agents
 * @param offeredOrAllocated what frameworks hold or are offered, of {@code total}
 * @param offersFilteredByRole how many refusals hold now, by role
 * @param dominantShareByRole as {@link Allocator#dominantShares}
 * @param quotaByRole of the roles that have one
 * @param offeredOrAllocatedByQuotaRole as {@link Allocator#quotaConsumed}, of the roles that have a
 *     quota
 * @param agentsWaiting how many agents the next allocation will look at
 */
public record AllocatorFigures(
    long allocationRuns,
    SortedMap<String, Scalar> total,
    SortedMap<String, Scalar> offeredOrAllocated,
    SortedMap<String, Integer> offersFilteredByRole,
    SortedMap<String, Double> dominantShareByRole,
    SortedMap<String, Quota> quotaByRole,
    SortedMap<String, SortedMap<String, Scalar>> offeredOrAllocatedByQuotaRole,
    int agentsWaiting) {}
