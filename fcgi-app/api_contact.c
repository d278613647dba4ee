#include "config.h"

#include "api.h"

#include "buf.h"
#include "contact.h"
#include "response.h"
#include "store.h"
#include "text.h"

enum status
api_contact_get(struct api_call *call)
{
	struct buf *body = &call->response->body;
	/* 0, which no contact has, for digits that are no id. */
	uint64_t id = text_positive(text_of(call->id));
	struct contact contact;
	enum status status;

	contact_init(&contact);
	status = store_contact_get(call->api->store, id, &contact);
	if (status == STATUS_OK) {
		response_begin(call->response, 200);
		buf_add_str(body, "{\"contact\":");
		contact_show(&contact, call->api->catalogue, body);
		buf_add_char(body, '}');
	}
	contact_clear(&contact);
	return status;
}
