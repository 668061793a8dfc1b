package io.mesocosm.master.api;

import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.operator.Jsonp;
import io.mesocosm.protocol.JsonWriter;
import org.apache.mesos.v1.master.Protos;

/**
 * {@code /files/*} of a master (contracts/mesos-operator-api.md §9). A master logs to its standard
 * error and to no file of its own, so there is nothing to show: every path is unknown.
 */
final class MasterFiles {
  Response browse(Request request) {
    throw unknown(path(request));
  }

  Response read(Request request) {
    throw unknown(path(request));
  }

  Response download(Request request) {
    throw unknown(path(request));
  }

  /** No virtual path stands for a real one. */
  Response debug(Request request) {
    return Jsonp.response(request, new JsonWriter().beginObject().endObject());
  }

  Protos.Response.ListFiles list(String path) {
    throw unknown(path);
  }

  Protos.Response.ReadFile read(Protos.Call.ReadFile call) {
    throw unknown(call.getPath());
  }

  private static String path(Request request) {
    return request
        .queryValue("path")
        .filter(path -> !path.isEmpty())
        .orElseThrow(() -> HttpException.text(400, "Expecting 'path=value' in query.\n"));
  }

  private static HttpException unknown(String path) {
    return HttpException.text(
        404, "File '" + path + "' does not exist: the master logs to its standard error\n");
  }
}
