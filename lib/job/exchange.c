#include "job/exchange.h"

static int make_body(struct exchange *x, const struct exchange_plan *plan, struct error *err)
{
    return (x->request.form ? body_init_form : body_init)(&x->body, x->request.body, plan->pictures,
                                                          plan->n_pictures, err);
}

int exchange_start(struct exchange *x, struct net *net, const struct exchange_plan *plan,
                   struct error *err)
{
    struct receive_plan receive = plan->receive;

    *x = (struct exchange){0};
    if (plan->backend->request == NULL ||
        !plan->backend->request(plan->task, plan->ask, &x->request)) {
        exchange_release(x);
        return 1;
    }
    receive.answer = x->request.answer;
    receive.tap = x->request.tap;
    receive_init(&x->receive, &receive);
    struct net_request request = {.path = x->request.path,
                                  .accept = x->request.accept,
                                  .submission = plan->ask == ASK_SUBMIT,
                                  .reuse = plan->reuse,
                                  .timeout_ms = plan->timeout_ms,
                                  .take = receive_take,
                                  .ctx = &x->receive};
    if (x->request.body != NULL) {
        request.body = &x->body;
        if (make_body(x, plan, err) != 0) {
            exchange_release(x);
            return -1;
        }
    }
    if (net_start(net, &request, &x->call, err) != 0) {
        exchange_release(x);
        return -1;
    }
    return 0;
}

bool exchange_is_done(const struct exchange *x)
{
    return x->call == NULL || net_is_done(x->call);
}

int exchange_finish(struct exchange *x, struct net_reply *reply, json_t **json, struct error *err)
{
    struct net_call *call = x->call;

    *json = NULL;
    x->call = NULL;
    if (net_finish(call, reply, err) != 0) {
        return -1;
    }
    return reply->status == 200 ? receive_json(&x->receive, json, err) : 0;
}

void exchange_release(struct exchange *x)
{
    struct net_reply reply;
    struct error ignored;

    if (x->call != NULL) {
        net_finish(x->call, &reply, &ignored);
    }
    body_release(&x->body);
    receive_release(&x->receive);
    json_decref(x->request.body);
    *x = (struct exchange){0};
}
