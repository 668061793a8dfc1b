package io.mesocosm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What must not change while a server is ill-treated: its threads, and what memory it keeps. */
public final class ServerHealth {
  private static final Predicate<Thread> COMES_AND_GOES =
      thread -> thread.getName().startsWith("ForkJoinPool") || thread.getName().startsWith("Http");

  private final Set<Thread> threads = threads();
  private final long heapBytes = heapBytes();

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .filter(COMES_AND_GOES.negate())
        .collect(Collectors.toSet());
  }

  private static long heapBytes() {
    // Once for what is garbage, and again for what hung on finalization or soft ends.
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** All threads of then live, there are few more, and the heap is as full as it was. */
  public void assertStillGood(int moreThreadsMax, long moreHeapBytesMax) {
    List<String> dead =
        threads.stream().filter(thread -> !thread.isAlive()).map(Thread::getName).toList();
    assertThat(dead).as("threads that died").isEmpty();
    assertThat(threads()).hasSizeLessThanOrEqualTo(threads.size() + moreThreadsMax);
    assertThat(heapBytes() - heapBytes)
        .as("bytes of heap that were not given back")
        .isLessThan(moreHeapBytesMax);
  }
}
