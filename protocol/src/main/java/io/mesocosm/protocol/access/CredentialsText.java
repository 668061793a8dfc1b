package io.mesocosm.protocol.access;

import io.mesocosm.model.access.Credential;
import io.mesocosm.protocol.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads credentials files (contracts/mesos-ha.md U3). Messages never hold a secret. */
public final class CredentialsText {
  private CredentialsText() {}

  /**
   * @param text JSON {@code {"credentials":[{"principal":…,"secret":…}]}}, or one principal and
   *     secret a line, the deprecated form
   * @throws InvalidMessageException in one line: where the file is wrong; also for a file without
   *     any credential, and for a principal that stands there twice
   */
  public static List<Credential> parse(String text) throws InvalidMessageException {
    List<Credential> credentials = text.stripLeading().startsWith("{") ? json(text) : lines(text);
    if (credentials.isEmpty()) {
      throw new InvalidMessageException("credentials: there are none: expected at least one");
    }
    Set<String> seen = new TreeSet<>();
    for (Credential credential : credentials) {
      if (!seen.add(credential.principal())) {
        throw new InvalidMessageException(
            "credentials: principal " + credential.principal() + " is there twice: leave one out");
      }
    }
    return List.copyOf(credentials);
  }

  /**
   * The one credential of a client: {@code {"principal":…,"secret":…}}, or the text form, or a file
   * with exactly one.
   */
  public static Credential parseOne(String text) throws InvalidMessageException {
    if (text.stripLeading().startsWith("{")) {
      Map<String, Object> fields = KnownJson.object(text);
      if (!fields.containsKey("credentials")) {
        return credential("credential", fields);
      }
    }
    List<Credential> all = parse(text);
    if (all.size() > 1) {
      throw new InvalidMessageException(
          "credential: there are " + all.size() + " of them: expected one");
    }
    return all.getFirst();
  }

  private static List<Credential> json(String text) throws InvalidMessageException {
    if (!(KnownJson.object(text).get("credentials") instanceof List<?> items)) {
      throw new InvalidMessageException(
          "credentials: expected {\"credentials\":[{\"principal\":\"…\",\"secret\":\"…\"}]}");
    }
    List<Credential> credentials = new ArrayList<>();
    for (Object item : items) {
      String where = "credentials[" + credentials.size() + "]";
      if (!(item instanceof Map<?, ?> fields)) {
        throw new InvalidMessageException(
            where + " is " + KnownJson.kind(item) + ": expected an object");
      }
      credentials.add(credential(where, fields));
    }
    return credentials;
  }

  private static Credential credential(String where, Map<?, ?> fields)
      throws InvalidMessageException {
    if (fields.get("principal") instanceof String principal
        && fields.get("secret") instanceof String secret) {
      return checked(where, principal, secret);
    }
    throw new InvalidMessageException(where + " must have a principal and a secret, both strings");
  }

  private static List<Credential> lines(String text) throws InvalidMessageException {
    List<Credential> credentials = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      String[] words = line.strip().split("\\s+", -1);
      if (words.length != 2) {
        throw new InvalidMessageException(
            "credentials: line " + number + " has " + words.length + " words: expected two");
      }
      credentials.add(checked("credentials: line " + number, words[0], words[1]));
    }
    return credentials;
  }

  private static Credential checked(String where, String principal, String secret)
      throws InvalidMessageException {
    try {
      return new Credential(principal, secret);
    } catch (IllegalArgumentException e) {
      throw new InvalidMessageException(where + ": " + e.getMessage(), e);
    }
  }
}
