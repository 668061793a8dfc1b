package io.mesocosm.agent;

import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/** What the command at hand may have changed of all that has to survive a crash. */
final class Changes {

  /** One record. */
  sealed interface Subject {
    record Identity() implements Subject {}

    record Drain() implements Subject {}

    record Framework(FrameworkId id) implements Subject {}

    record Executor(FrameworkId frameworkId, ExecutorId id) implements Subject {}

    record Task(TaskKey key) implements Subject {}
  }

  private SequencedSet<Subject> marked = new LinkedHashSet<>();

  void identity() {
    marked.add(new Subject.Identity());
  }

  void drain() {
    marked.add(new Subject.Drain());
  }

  void framework(FrameworkId id) {
    marked.add(new Subject.Framework(id));
  }

  void executor(FrameworkId frameworkId, ExecutorId id) {
    marked.add(new Subject.Executor(frameworkId, id));
  }

  void task(TaskKey key) {
    marked.add(new Subject.Task(key));
  }

  /** What was marked since the last call. */
  SequencedSet<Subject> take() {
    SequencedSet<Subject> taken = marked;
    marked = new LinkedHashSet<>();
    return taken;
  }
}
