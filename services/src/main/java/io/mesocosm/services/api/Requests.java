package io.mesocosm.services.api;

import io.mesocosm.http.Request;
import java.net.InetAddress;

/** Who asks. */
final class Requests {
  private Requests() {}

  /** As text, without the port: of whoever is first in the line of proxies. */
  static String clientIp(Request request) {
    InetAddress address = request.remote().getAddress();
    String nearest = address == null ? request.remote().getHostString() : address.getHostAddress();
    return request
        .header("X-Forwarded-For")
        .map(line -> line.split(",", -1)[0].strip())
        .filter(first -> !first.isEmpty())
        .orElse(nearest);
  }
}
