package io.mesocosm.services.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.json.AppRoles;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which roles apps and pods may take, as the groups that they are in want it (contracts
 * /marathon-api.md §4, §15). Only outermost groups have a say.
 */
final class GroupRoles implements AppRoles {
  private final String defaultRole;
  private final boolean newGroupsEnforce;
  private final ServicesSnapshot snapshot;
  // What a request is about to say of groups.
  private final SortedMap<AppId, Boolean> about;

  private GroupRoles(
      ServicesConfig config, ServicesSnapshot snapshot, SortedMap<AppId, Boolean> about) {
    this.defaultRole = config.role();
    this.newGroupsEnforce = config.newGroupRole() == ServicesConfig.EnforcedRole.TOP;
    this.snapshot = snapshot;
    this.about = about;
  }

  static GroupRoles of(ServicesConfig config, ServicesSnapshot snapshot) {
    return new GroupRoles(config, snapshot, new TreeMap<>());
  }

  /**
   * @param update of the group {@code id}, as a client sent it
   */
  static GroupRoles of(
      ServicesConfig config, ServicesSnapshot snapshot, AppId id, JsonNode update) {
    SortedMap<AppId, Boolean> about = new TreeMap<>();
    note(id, update, about);
    if (id.isRoot()) {
      for (JsonNode group : update.path("groups")) {
        if (group.path("id").isTextual()) {
          note(id.resolve(group.path("id").textValue()), group, about);
        }
      }
    }
    return new GroupRoles(config, snapshot, about);
  }

  private static void note(AppId id, JsonNode update, SortedMap<AppId, Boolean> about) {
    if (update.path("enforceRole").isBoolean()) {
      about.put(id, update.path("enforceRole").booleanValue());
    }
  }

  /** Whether the outermost group of an id insists on its name as the role. */
  boolean isEnforcedFor(AppId id) {
    if (id.segments().size() < 2) {
      return false;
    }
    AppId group = new AppId(id.segments().getFirst());
    Optional<Boolean> said = Optional.ofNullable(about.get(group));
    return said.orElseGet(() ->
        snapshot.isGroup(group)
            ? Optional.ofNullable(snapshot.groups().get(group))
                .map(GroupDefinition::enforceRole)
                .orElse(false)
            : newGroupsEnforce);
  }

  @Override
  public String usualFor(AppId app) {
    return isEnforcedFor(app) ? app.segments().getFirst() : defaultRole;
  }

  @Override
  public SortedSet<String> allowedFor(AppId app) {
    if (isEnforcedFor(app)) {
      return new TreeSet<>(List.of(app.segments().getFirst()));
    }
    return AppRoles.unenforced(defaultRole).allowedFor(app);
  }
}
