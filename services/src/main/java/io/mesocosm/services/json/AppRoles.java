package io.mesocosm.services.json;

import io.mesocosm.services.app.AppId;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which roles apps may take (contracts/marathon-api.md §4, "enforceRole groups"). Groups that
 * enforce their role answer otherwise than the usual.
 */
public interface AppRoles {
  /** The role of an app that names none. */
  String usualFor(AppId app);

  /** Never empty. */
  SortedSet<String> allowedFor(AppId app);

  /** The scheduler's own role, or that named after the outermost group of an app. */
  static AppRoles unenforced(String defaultRole) {
    return new AppRoles() {
      @Override
      public String usualFor(AppId app) {
        return defaultRole;
      }

      @Override
      public SortedSet<String> allowedFor(AppId app) {
        SortedSet<String> allowed = new TreeSet<>(List.of(defaultRole));
        if (app.segments().size() > 1) {
          allowed.add(app.segments().getFirst());
        }
        return allowed;
      }
    };
  }
}
