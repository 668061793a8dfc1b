package io.mesocosm.master.api;

import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import org.apache.mesos.v1.Protos.MasterInfo;

/** Answers that lead to another master, without a scheme: whatever the client speaks. */
final class Locations {
  private static final String IN_PATHS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:@!$&'()*+,;=";

  private Locations() {}

  /** To the leader itself. */
  static Response of(MasterInfo leader) {
    return Response.empty(307).withHeader("Location", authority(leader));
  }

  /** To the same path and query at the leader (contracts/mesos-scheduler-api.md §2 row 2). */
  static Response of(MasterInfo leader, Request request) {
    return Response.empty(307)
        .withHeader("Location", authority(leader) + path(request) + query(request));
  }

  private static String authority(MasterInfo leader) {
    String ip = leader.getAddress().getIp();
    String host = leader.hasHostname() ? leader.getHostname() : ip;
    return "//" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + leader.getPort();
  }

  private static String path(Request request) {
    StringBuilder encoded = new StringBuilder();
    for (byte octet : request.path().getBytes(StandardCharsets.UTF_8)) {
      char character = (char) (octet & 0xff);
      if (IN_PATHS.indexOf(character) >= 0) {
        encoded.append(character);
      } else {
        encoded.append("%%%02X".formatted((int) character));
      }
    }
    return encoded.toString();
  }

  private static String query(Request request) {
    StringJoiner pairs = new StringJoiner("&", "?", "");
    pairs.setEmptyValue("");
    request
        .query()
        .forEach((name, values) ->
            values.forEach(value -> pairs.add(encoded(name) + "=" + encoded(value))));
    return pairs.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
