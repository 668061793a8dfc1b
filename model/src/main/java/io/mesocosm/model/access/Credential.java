package io.mesocosm.model.access;

/**
 * What one shows to be let in. The text form keeps the secret, so that no log can have it.
 *
 * @param principal the name; cannot hold a colon, which HTTP Basic puts between the two
 */
public record Credential(String principal, String secret) {
  public Credential {
    if (principal.isEmpty() || principal.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "principal '" + principal + "' must not be empty and must not hold a colon");
    }
    if (secret.isEmpty()) {
      throw new IllegalArgumentException("the secret of principal " + principal + " is empty");
    }
  }

  @Override
  public String toString() {
    return principal + ":***";
  }
}
