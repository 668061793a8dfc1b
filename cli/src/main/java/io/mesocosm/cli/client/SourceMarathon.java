package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.model.access.Credential;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** A running Marathon whose definitions are read. Only ever GETs. */
final class SourceMarathon {
  private final Api marathon;

  private SourceMarathon(Api marathon) {
    this.marathon = marathon;
  }

  /**
   * @param url e.g. {@code https://gateway.example.org/service/marathon}
   * @param user empty if it asks nobody
   * @param password of that user
   * @param authorities who signs its certificate, if not those Java knows
   * @throws CommandFailure if that cannot be used
   */
  static SourceMarathon at(String url, String user, String password, Optional<Path> authorities) {
    if (hasCredentials(url)) {
      throw CommandFailure.misused(
          "an address with a password can be read by everybody on this machine: give --source-user"
              + " and --source-password-file, or COSM_SOURCE_PASSWORD");
    }
    if (user.isEmpty() != password.isEmpty()) {
      throw CommandFailure.misused(
          "--source-user and --source-password-file (or COSM_SOURCE_PASSWORD) belong together: give"
              + " both");
    }
    try {
      ClientAccess access =
          user.isEmpty()
              ? ClientAccess.ANONYMOUS
              : ClientAccess.basic(new Credential(user, password));
      return new SourceMarathon(
          new Api(
              Api.SOURCE,
              url,
              authorities.isEmpty() ? access : access.withAuthorities(authorities.get()),
              user));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.misused("cannot ask " + url + ": " + e.getMessage());
    }
  }

  private static boolean hasCredentials(String url) {
    try {
      return URI.create(url.contains("://") ? url : "http://" + url).getRawUserInfo() != null;
    } catch (IllegalArgumentException _) {
      return false; // no address at all: said where it is used
    }
  }

  URI address() {
    return marathon.base();
  }

  /** All groups, apps and pods, as they are defined now. */
  Definitions read() {
    JsonNode root = marathon.get("/v2/groups?embed=group.groups&embed=group.apps&embed=group.pods");
    Definitions definitions = Definitions.none();
    definitions.addGroup(root, "/");
    // What a group does not show: pods before 1.5, and whatever a gateway cuts off.
    marathon.get("/v2/apps").path("apps").forEach(app -> addMissing(definitions, app, false));
    Api.Answer pods = marathon.exchange("GET", "/v2/pods", "");
    if (pods.isSuccess()) {
      pods.body().forEach(pod -> addMissing(definitions, pod, true));
    }
    return definitions;
  }

  private static void addMissing(Definitions definitions, JsonNode one, boolean isPod) {
    String id = one.path("id").asText();
    if (isPod && !definitions.pods().containsKey(id)) {
      definitions.addPod(one, "/");
    } else if (!isPod && !definitions.apps().containsKey(id)) {
      definitions.addApp(one, "/");
    }
  }
}
