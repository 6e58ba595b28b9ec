#include "job/receive_listing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "unit.h"
#include "wire/json.h"

/* Lists of buckets, in one piece, cut at every place, and hostile. */

#define HEAD                                                                                       \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                                 \
    "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"

static const char whole[] =
    HEAD "<Name>b</Name><Prefix/><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys>\n"
         "<IsTruncated>true</IsTruncated>\r\n<NextContinuationToken>1/a+b==</NextContinuationToken>"
         "<Contents><Key>o/a&amp;b&lt;&#x20;&#233;.png</Key>"
         "<LastModified>2024-01-02T03:04:05.000Z</LastModified><ETag>&quot;x&quot;</ETag>"
         "<Size>17</Size><Owner><ID>1</ID><DisplayName>n</DisplayName></Owner></Contents>"
         "<Contents a='>' ><Key>\xe4\xb8\xad.out</Key><Size>0</Size></Contents>"
         "<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes></ListBucketResult>\n";

static const char wanted[] =
    "{\"keys\":[{\"key\":\"o/a&b< \\u00e9.png\",\"modified\":\"2024-01-02T03:04:05.000Z\","
    "\"size\":17},{\"key\":\"\\u4e2d.out\",\"size\":0}],\"truncated\":true,\"next\":\"1/a+b==\"}";

/* Feeds a text, cut at `cut`; NULL with the error. */
static json_t *read_list(const char *text, size_t n, size_t cut, struct error *err)
{
    struct receive_listing *l = receive_listing_open();
    json_t *json = NULL;

    if (receive_listing_feed(l, text, cut, err) == 0 &&
        receive_listing_feed(l, text + cut, n - cut, err) == 0) {
        receive_listing_finish(l, &json, err);
    }
    receive_listing_close(l);
    return json;
}

static void check_whole(void)
{
    struct error err = {0};

    for (size_t cut = 0; cut < sizeof whole; cut++) {
        json_t *json = read_list(whole, sizeof whole - 1, cut, &err);
        char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII);
        CHECK(text != NULL && strcasecmp(text, wanted) == 0, "cut at %zu: %s %s", cut,
              text != NULL ? text : "", err.text);
        free(text);
        json_decref(json);
    }
    for (size_t n = 0; n + 2 < sizeof whole; n++) {
        CHECK(read_list(whole, n, n / 2, &err) == NULL && err.code == EXIT_FAILED,
              "%zu bytes are no list", n);
    }
}

static void check_hostile(void)
{
    static const char *const bad[] = {
        "",
        "null",
        "<html></html>",
        "x" HEAD "</ListBucketResult>",
        HEAD "</ListBucketResult>x",
        HEAD "</ListBucketResult><a/>",
        "<!DOCTYPE a [<!ENTITY x \"y\">]>" HEAD "&x;</ListBucketResult>",
        HEAD "<!-- c --></ListBucketResult>",
        HEAD "<![CDATA[x]]></ListBucketResult>",
        HEAD "<?php x?></ListBucketResult>",
        HEAD "<Contents></Contents></ListBucketResult>",
        HEAD "<Contents><Key>a</Key><Size>-1</Size></Contents></ListBucketResult>",
        HEAD "<Contents><Key>a</Key><Size>1e3</Size></Contents></ListBucketResult>",
        HEAD "<Contents><Key>&#0;</Key></Contents></ListBucketResult>",
        HEAD "<Contents><Key>&#xd800;</Key></Contents></ListBucketResult>",
        HEAD "<Contents><Key>&#x110000;</Key></Contents></ListBucketResult>",
        HEAD "<Contents><Key>&nbsp;</Key></Contents></ListBucketResult>",
        HEAD "<Contents><Key>& </Key></Contents></ListBucketResult>",
        HEAD "<Contents><Key>\xff</Key></Contents></ListBucketResult>",
        HEAD "<Contents><Key>a</Contents></Key></ListBucketResult>",
        HEAD "<Contents b><Key>a</Key></Contents></ListBucketResult>",
        HEAD "<a b=\"<\"/></ListBucketResult>",
        HEAD "<1/></ListBucketResult>",
        HEAD "<></ListBucketResult>",
        HEAD "< a/></ListBucketResult>",
        HEAD "<a><b><c><d><e><f><g><h><i><j><k><l><m><n><o><p><q/></p></o></n></m></l></k></j></i>"
             "</h></g></f></e></d></c></b></a></ListBucketResult>",
    };
    struct error err;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        memset(&err, 0, sizeof err);
        json_t *json = read_list(bad[i], strlen(bad[i]), strlen(bad[i]) / 2, &err);
        bool empty = *bad[i] == '\0';
        CHECK(json == NULL && (empty || err.code == EXIT_FAILED), "%s", bad[i]);
        json_decref(json);
    }
}

/* Without end: tags, texts, keys. */
static void check_ceilings(void)
{
    static const struct {
        const char *what, *start, *again;
    } rows[] = {
        {"tag", HEAD "<", "aaaaaaaaaa"},
        {"attribute", HEAD "<a b='", "aaaaaaaaaa"},
        {"text", HEAD "<Contents><Key>", "aaaaaaaaaa"},
        {"entities", HEAD "<Contents><Key>", "&amp;"},
        {"entity", HEAD "<Contents><Key>&", "aaaaaaaaaa"},
        {"depth", "", "<ListBucketResult>"},
        {"keys", HEAD, "<Contents><Key>a</Key></Contents>"},
    };
    struct error err;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct receive_listing *l = receive_listing_open();
        int result = receive_listing_feed(l, rows[i].start, strlen(rows[i].start), &err);
        size_t n = 0;
        for (; result == 0 && n < 20000; n++) {
            result = receive_listing_feed(l, rows[i].again, strlen(rows[i].again), &err);
        }
        CHECK(result != 0 && err.code == EXIT_FAILED && n < 20000, "%s has no end", rows[i].what);
        receive_listing_close(l);
    }
}

static void check_fault(void)
{
    static const char fault[] = "<?xml version='1.0'?>\n<Error><Code>NoSuchKey</Code><Message>The "
                                "key &quot;x&quot; is gone</Message><Resource>/b/x</Resource>";
    struct buf words;

    buf_init(&words, 1000);
    CHECK(receive_listing_fault(fault, sizeof fault - 1, &words) &&
              strcmp(words.data, "NoSuchKey: The key \"x\" is gone") == 0,
          "%s", words.data);
    buf_release(&words);
    CHECK(!receive_listing_fault("Incorrect payload", 17, &words), "no XML");
    buf_release(&words);
}

int main(void)
{
    check_whole();
    check_hostile();
    check_ceilings();
    check_fault();
    return unit_done("receive_listing");
}
