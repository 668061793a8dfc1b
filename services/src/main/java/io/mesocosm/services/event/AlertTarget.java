package io.mesocosm.services.event;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where alerts are posted. The path of such addresses often is a secret: no log shows it.
 *
 * @param uri http or https, with a host
 */
public record AlertTarget(URI uri) {
  public AlertTarget {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException("an address that begins with http:// or https://");
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("an address that names a host, as in https://host/path");
    }
    if (uri.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "an address that has no user and password: they would not be sent");
    }
  }

  /**
   * Reads the value of {@code --alert_webhook}.
   *
   * @throws IllegalArgumentException in one line that does not show the value
   */
  public static AlertTarget parse(String text) {
    try {
      return new AlertTarget(new URI(text.strip()));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("an address that is a URL (" + e.getReason() + ")", e);
    }
  }

  /** Without its path and query, which may be secret. */
  @Override
  public String toString() {
    return uri.getScheme()
        + "://"
        + uri.getHost()
        + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
        + "/***";
  }
}
