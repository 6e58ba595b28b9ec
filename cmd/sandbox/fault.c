#include "fault.h"

bool fault_is_known(const char *fault)
{
    (void)fault;
    return true;
}
void fault_select(struct request *request)
{
    (void)request;
}
bool fault_early(struct request *request, struct reply *reply)
{
    (void)request;
    (void)reply;
    return false;
}
void fault_late(struct request *request, struct reply *reply)
{
    (void)request;
    (void)reply;
}
void fault_list(void)
{
}
