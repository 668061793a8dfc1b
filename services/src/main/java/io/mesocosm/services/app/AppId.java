package io.mesocosm.services.app;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;

/**
 * The absolute path of an app or of a group of apps, e.g. {@code /shop/cart}; {@code /} is the
 * group of all. Sorted segment by segment.
 *
 * @param path canonical: the constructor adds a missing first slash, drops empty segments and
 *     {@code .}, and resolves {@code ..}. Which letters a segment may have is for those to check
 *     who read definitions
 */
public record AppId(String path) implements Comparable<AppId> {
  public static final AppId ROOT = new AppId("/");

  public AppId {
    path = canonical(path);
  }

  private static String canonical(String text) {
    List<String> segments = new ArrayList<>();
    for (String segment : text.split("/", -1)) {
      if (segment.equals("..")) {
        if (!segments.isEmpty()) {
          segments.removeLast();
        }
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        segments.add(segment);
      }
    }
    return "/" + String.join("/", segments);
  }

  /** Reads a path that is relative to this group unless it begins with a slash. */
  public AppId resolve(String text) {
    return text.startsWith("/") ? new AppId(text) : new AppId(path + "/" + text);
  }

  public boolean isRoot() {
    return path.equals("/");
  }

  /** From the outermost inwards; empty for the root. */
  public List<String> segments() {
    return isRoot() ? List.of() : List.of(path.substring(1).split("/", -1));
  }

  /** The group that it is in; the root is in none. */
  public Optional<AppId> parent() {
    return isRoot()
        ? Optional.empty()
        : Optional.of(new AppId(path.substring(0, path.lastIndexOf('/'))));
  }

  /** Whether it lies below {@code group}, at any depth; nothing lies below itself. */
  public boolean isBelow(AppId group) {
    return !equals(group) && (group.isRoot() || path.startsWith(group.path + "/"));
  }

  /** The name of its tasks for Mesos: {@code c.b.a} for {@code /a/b/c}. */
  public String mesosName() {
    List<String> reversed = new ArrayList<>(segments());
    Collections.reverse(reversed);
    return String.join(".", reversed);
  }

  /** What its task ids begin with: {@code a_b_c} for {@code /a/b/c}. */
  public String taskPrefix() {
    return path.substring(1).replace('/', '_');
  }

  @Override
  public int compareTo(AppId other) {
    if (path.equals(other.path)) {
      return 0; // nearly always so, and equality is looked for in fewer steps
    }
    int length = Math.min(path.length(), other.path.length());
    for (int i = 0; i < length; i++) {
      char mine = path.charAt(i);
      char theirs = other.path.charAt(i);
      if (mine != theirs) {
        return rank(mine) - rank(theirs);
      }
    }
    return path.length() - other.path.length();
  }

  /** A slash sorts before every letter of a segment, so that groups stay together. */
  private static int rank(char letter) {
    return letter == '/' ? 0 : letter;
  }

  /** The part of a map that lies below {@code group}, at any depth, in order; a view. */
  public static <T> NavigableMap<AppId, T> below(NavigableMap<AppId, T> all, AppId group) {
    // No segment has the letter that comes right after the slash.
    return group.isRoot()
        ? all.tailMap(group, false)
        : all.subMap(group, false, new AppId(group.path + "\u0001"), false);
  }

  @Override
  public String toString() {
    return path;
  }
}
