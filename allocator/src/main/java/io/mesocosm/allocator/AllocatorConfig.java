package io.mesocosm.allocator;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How an allocator is to behave, from the master's flags.
 *
 * @param roleSorter {@code --role_sorter}
 * @param frameworkSorter {@code --framework_sorter}
 * @param fairSharingExcludedNames {@code --fair_sharing_excluded_resource_names}: these never count
 *     in a share
 * @param minAllocatable {@code --min_allocatable_resources}
 * @param filterGpuResources {@code --filter_gpu_resources}: agents with gpus are only for
 *     frameworks that know of gpus (E3)
 * @param masterRegion from {@code --domain}; absent: all agents are local (E4)
 */
public record AllocatorConfig(
    SorterKind roleSorter,
    SorterKind frameworkSorter,
    SortedSet<String> fairSharingExcludedNames,
    MinAllocatable minAllocatable,
    boolean filterGpuResources,
    Optional<String> masterRegion) {
  /** What holds when no flag says otherwise. */
  public static final AllocatorConfig USUAL =
      new AllocatorConfig(
          SorterKind.DRF,
          SorterKind.DRF,
          new TreeSet<>(),
          MinAllocatable.parse("cpus:0.01|mem:32"),
          true,
          Optional.empty());

  public AllocatorConfig {
    fairSharingExcludedNames =
        Collections.unmodifiableSortedSet(new TreeSet<>(fairSharingExcludedNames));
  }
}
