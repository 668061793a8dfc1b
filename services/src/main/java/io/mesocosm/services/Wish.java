package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.app.RunSpec;
import java.time.Instant;
import java.util.Optional;

/** One of the changes that are made together, by one deployment. */
public sealed interface Wish {
  /** Of an app, a pod or a group. */
  AppId id();

  /** A new app or pod; there must be nothing of that id. */
  record Add(RunSpec spec) implements Wish {
    @Override
    public AppId id() {
      return spec.id();
    }
  }

  /**
   * A complete definition: partial updates were merged with what the snapshot held.
   *
   * @param expected the version of the definition that it was merged with, or nothing if there was
   *     none; if that is not so any more, the answer is {@link ApiAnswer.Retry}
   */
  record Put(RunSpec spec, Optional<Instant> expected) implements Wish {
    @Override
    public AppId id() {
      return spec.id();
    }
  }

  /** A definition of old, to be taken as it is, ports and all. */
  record PutBack(RunSpec spec) implements Wish {
    @Override
    public AppId id() {
      return spec.id();
    }
  }

  /** All instances are replaced by new ones of the same configuration. */
  record Restart(AppId id) implements Wish {}

  /** All instances are ended, and it is forgotten. */
  record Remove(AppId id) implements Wish {}

  /** What is said of a group, new or not. */
  record PutGroup(GroupDefinition group) implements Wish {
    @Override
    public AppId id() {
      return group.id();
    }
  }

  /** Nothing is said of the group any more; what is in it is for other wishes to remove. */
  record RemoveGroup(AppId id) implements Wish {}
}
