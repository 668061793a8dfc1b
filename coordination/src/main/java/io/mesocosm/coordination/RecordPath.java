package io.mesocosm.coordination;

import java.util.regex.Pattern;

/** What the path of a record looks like, so that all stores take the same ones. */
final class RecordPath {
  /** What the names of the nodes begin with that hold parts of a record, and no record's does. */
  static final String PART = ".part-";

  private static final Pattern PATH =
      Pattern.compile("(?:/(?!" + Pattern.quote(PART) + ")[^/\\p{Cntrl}\\p{Cs}]+)+");
  private static final Pattern RELATIVE = Pattern.compile(".*/\\.{1,2}(?:/.*)?");

  private RecordPath() {}

  /**
   * @throws IllegalArgumentException naming the path
   */
  static void requireRecord(String path) {
    if (!PATH.matcher(path).matches() || RELATIVE.matcher(path).matches()) {
      throw new IllegalArgumentException(
          "path '" + path + "' of a record must look like /folder/name");
    }
  }

  /** As for a record; {@code /} is the folder of everything. */
  static void requireFolder(String path) {
    if (!path.equals("/")) {
      requireRecord(path);
    }
  }

  static String child(String folder, String name) {
    return folder.equals("/") ? "/" + name : folder + "/" + name;
  }
}
