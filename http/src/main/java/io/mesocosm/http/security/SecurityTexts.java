package io.mesocosm.http.security;

import io.mesocosm.model.access.AccessList;
import io.mesocosm.model.access.Credential;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.access.AccessListJson;
import io.mesocosm.protocol.access.CredentialsText;
import io.mesocosm.protocol.access.JsonWebToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** Values of flags and options of access, from the files that they name. */
public final class SecurityTexts {
  private static final String FILE = "file://";

  private SecurityTexts() {}

  /**
   * @throws IllegalArgumentException if there is no such file, as all of these do; the message says
   *     what was expected
   */
  public static Path file(String text) {
    String name = text.startsWith(FILE) ? text.substring(FILE.length()) : text;
    try {
      Path file = Path.of(name);
      if (Files.isReadable(file) && !Files.isDirectory(file)) {
        return file;
      }
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("the path of a file: " + e.getReason(), e);
    }
    throw new IllegalArgumentException("the path of a file that can be read");
  }

  public static List<Credential> credentials(String text) {
    return parse("a file of credentials", read(text), CredentialsText::parse);
  }

  /** A file with one credential. */
  public static Credential credential(String text) {
    return parse("a file with one credential", read(text), CredentialsText::parseOne);
  }

  /** A file with nothing but a secret; space around it does not count. */
  public static String secret(String text) {
    String secret = read(text).strip();
    if (secret.isEmpty()) {
      throw new IllegalArgumentException("a file with a secret in it, not an empty one");
    }
    return secret;
  }

  static AccessList accessList(String text) {
    boolean inline = text.stripLeading().startsWith("{");
    return parse(
        "an access control list in JSON, or a file with one",
        inline ? text : read(text),
        AccessListJson::parse);
  }

  /** The key is the file's text, without space around it. */
  static JsonWebToken webTokens(String text) {
    try {
      return new JsonWebToken(secret(text).getBytes(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("a file with a long secret: " + e.getMessage(), e);
    }
  }

  private static String read(String text) {
    try {
      return Files.readString(file(text));
    } catch (IOException e) {
      throw new IllegalArgumentException("a text file in UTF-8: " + e, e);
    }
  }

  private interface Parser<T> {
    T parse(String text) throws InvalidMessageException;
  }

  private static <T> T parse(String expected, String text, Parser<T> parser) {
    try {
      return parser.parse(text);
    } catch (InvalidMessageException e) {
      throw new IllegalArgumentException(expected + "; " + e.getMessage(), e);
    }
  }
}
