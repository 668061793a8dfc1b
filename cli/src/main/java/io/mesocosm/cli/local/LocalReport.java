package io.mesocosm.cli.local;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.cli.client.Apps;
import io.mesocosm.cli.client.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What a local cluster prints about itself. */
final class LocalReport {
  private final LocalCluster cluster;
  private final PrintWriter out;

  LocalReport(LocalCluster cluster, PrintWriter out) {
    this.cluster = cluster;
    this.out = out;
  }

  void urls() {
    out.println(
        "master    "
            + cluster.master().base()
            + "    (Mesos v1 scheduler API: /api/v1/scheduler, /state)");
    out.println("services  " + cluster.services().base() + "    (Marathon API: /v2/apps)");
    out.println();
    out.flush();
  }

  /** A row for every instance of every application: those of earlier runs, too. */
  void instances() {
    List<String> ids = new ArrayList<>();
    for (JsonNode app : cluster.services().get("/v2/apps").path("apps")) {
      ids.add(app.path("id").asText());
    }
    Table table = new Apps(cluster.services()).instances(ids);
    if (!table.isEmpty()) {
      table.print(out);
      out.println();
    }
    out.flush();
  }
}
