package io.mesocosm.services;

import io.mesocosm.services.app.GroupDefinition;
import java.time.Instant;
import java.util.List;

/** What wishes for groups come to, in the store and in the state. */
final class GroupWishes {
  private GroupWishes() {}

  static void store(
      Wish wish, List<StoredRecord> records, List<String> removed, Deployment deployment) {
    Instant version = deployment.version();
    switch (wish) {
      case Wish.PutGroup put -> {
        GroupDefinition group = put.group().withVersion(version);
        records.add(new StoredRecord.GroupVersionRecord(group));
        records.add(new StoredRecord.GroupRecord(group));
      }
      case Wish.RemoveGroup remove -> {
        records.add(new StoredRecord.GroupDeletedRecord(remove.id(), version));
        removed.add(StoredRecord.GroupRecord.pathOf(remove.id()));
      }
      case Wish.Add _, Wish.Put _, Wish.PutBack _, Wish.Restart _, Wish.Remove _ ->
          throw new IllegalArgumentException(wish + " is not about a group");
    }
  }

  static void apply(Wish wish, History<GroupDefinition> groups, Instant version) {
    switch (wish) {
      case Wish.PutGroup put -> groups.put(wish.id(), version, put.group().withVersion(version));
      case Wish.RemoveGroup _ -> groups.delete(wish.id(), version);
      case Wish.Add _, Wish.Put _, Wish.PutBack _, Wish.Restart _, Wish.Remove _ ->
          throw new IllegalArgumentException(wish + " is not about a group");
    }
  }
}
