package io.mesocosm.master.api;

import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.operator.Jsonp;
import io.mesocosm.protocol.JsonWriter;
import io.mesocosm.protocol.MesosJson;

/** The legacy endpoints that show what operators have decided (§5). */
final class DecisionEndpoints {
  private final MasterProxy master;
  private final MasterFacts facts;

  DecisionEndpoints(MasterProxy master, MasterFacts facts) {
    this.master = master;
    this.facts = facts;
  }

  Response quota(Request request) throws InterruptedException {
    JsonWriter json = new JsonWriter();
    MesosJson.write(DecisionMessages.quotas(master.snapshot(), visible(request)), json);
    return Jsonp.response(request, json);
  }

  Response weights(Request request) throws InterruptedException {
    JsonWriter json = new JsonWriter().beginArray();
    DecisionMessages.weights(master.snapshot(), visible(request))
        .forEach(info -> MesosJson.write(info, json));
    return Jsonp.response(request, json.endArray());
  }

  Response schedule(Request request) throws InterruptedException {
    JsonWriter json = new JsonWriter();
    MesosJson.write(DecisionMessages.schedule(master.snapshot(), visible(request)), json);
    return Jsonp.response(request, json);
  }

  Response status(Request request) throws InterruptedException {
    JsonWriter json = new JsonWriter();
    MesosJson.write(DecisionMessages.maintenance(master.snapshot(), visible(request)), json);
    return Jsonp.response(request, json);
  }

  private Visible visible(Request request) {
    return new Visible(facts.authorizer(), request.principal());
  }
}
