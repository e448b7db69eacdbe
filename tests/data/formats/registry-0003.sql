BEGIN TRANSACTION;
CREATE TABLE custid_audit (
	number INTEGER NOT NULL, 
	entry TEXT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "custid_audit" VALUES(1,'{"number": 1, "at": "2026-11-22T21:53:46.029481+00:00", "actor": "till", "action": "read", "customers": [], "categories": [], "purpose": "", "outcome": "allowed", "reason": "", "digest": "ce2427773ed3da7378cf5790bb0964a062f3ec6494252327a9c7751f167f3a7d"}');
CREATE TABLE "custid_change" (
	number INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	request TEXT, 
	digest TEXT NOT NULL, 
	first_event INTEGER NOT NULL, 
	n_events INTEGER NOT NULL, 
	arrivals INTEGER NOT NULL, 
	issued INTEGER NOT NULL, 
	n_verdicts INTEGER NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (request)
);
INSERT INTO "custid_change" VALUES(1,1788220801000000,'apply','','','first','74f8ccd07ddf0028651409ec01b6947244819a40492a5ecd0f2a744b318ec260',1,6,3,3,0);
INSERT INTO "custid_change" VALUES(2,1788220802000000,'merge','','same card','d7a3755980055540','4c04970fc8ab0b59e31f121cd1ace4a094d1c7f468f98e784692150931c3c9f3',7,2,3,3,1);
INSERT INTO "custid_change" VALUES(3,1788220803000000,'forbid','','twins','2eeb6abae447be14','4737c7791bdd788b6dcd4616beffeca3a108a3ab05ab606bb763156267c851ca',9,0,3,3,2);
INSERT INTO "custid_change" VALUES(4,1788220804000000,'withdraw','','','54999f16d426910d','9ab037556073a1abf10a1518fe3c26cf4b100950318e1b8a9f4eeb85f0ebde1f',9,2,3,3,2);
CREATE TABLE "custid_event" (
	place INTEGER NOT NULL, 
	change INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	customer INTEGER NOT NULL, 
	other INTEGER, 
	arrival INTEGER, 
	native INTEGER, 
	PRIMARY KEY (place)
);
INSERT INTO "custid_event" VALUES(1,1,'minted',1,NULL,NULL,NULL);
INSERT INTO "custid_event" VALUES(2,1,'minted',2,NULL,NULL,NULL);
INSERT INTO "custid_event" VALUES(3,1,'minted',3,NULL,NULL,NULL);
INSERT INTO "custid_event" VALUES(4,1,'assigned',1,NULL,1,1);
INSERT INTO "custid_event" VALUES(5,1,'assigned',2,NULL,2,2);
INSERT INTO "custid_event" VALUES(6,1,'assigned',3,NULL,3,3);
INSERT INTO "custid_event" VALUES(7,2,'merged',2,1,NULL,NULL);
INSERT INTO "custid_event" VALUES(8,2,'assigned',1,2,2,2);
INSERT INTO "custid_event" VALUES(9,4,'withdrawn',1,NULL,2,NULL);
INSERT INTO "custid_event" VALUES(10,4,'absorbed',2,1,NULL,NULL);
CREATE TABLE "custid_identifier" (
	age INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	target INTEGER, 
	retired INTEGER, 
	follows INTEGER, 
	PRIMARY KEY (age), 
	UNIQUE (id)
);
INSERT INTO "custid_identifier" VALUES(1,'0000-0000-0000-0012',1,NULL,NULL);
INSERT INTO "custid_identifier" VALUES(2,'0000-0000-0000-0024',1,2,1);
INSERT INTO "custid_identifier" VALUES(3,'0000-0000-0000-0036',3,NULL,NULL);
CREATE TABLE "custid_reader" (
	name TEXT NOT NULL, 
	change INTEGER NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "custid_reader" VALUES('shop',2);
CREATE TABLE "custid_record" (
	arrival INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	customer INTEGER, 
	native INTEGER, 
	digest TEXT, 
	payload TEXT, 
	PRIMARY KEY (arrival), 
	CONSTRAINT custid_record_is_named_whole CHECK ((customer IS NULL) = (native IS NULL))
);
INSERT INTO "custid_record" VALUES(1,'crm','a',1,1,'6b7c00d049fb6a1a3e793f2ba2e47d1b28ee0350effdce860e635fd5bfad13dd','{"name":"Zo\u00e9"}');
INSERT INTO "custid_record" VALUES(2,'crm','b',NULL,NULL,NULL,NULL);
INSERT INTO "custid_record" VALUES(3,'crm','c',3,3,NULL,NULL);
CREATE TABLE custid_setting (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "custid_setting" VALUES('scheme','custid-base32');
INSERT INTO "custid_setting" VALUES('','02413431008b9215');
CREATE TABLE "custid_verdict" (
	number INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	change INTEGER NOT NULL, 
	revoked INTEGER, 
	PRIMARY KEY (number)
);
INSERT INTO "custid_verdict" VALUES(1,'same',2,NULL);
INSERT INTO "custid_verdict" VALUES(2,'different',3,NULL);
CREATE TABLE "custid_verdict_record" (
	verdict INTEGER NOT NULL, 
	side SMALLINT NOT NULL, 
	source TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	PRIMARY KEY (verdict, side, source, "key")
);
INSERT INTO "custid_verdict_record" VALUES(1,0,'crm','a');
INSERT INTO "custid_verdict_record" VALUES(1,1,'crm','b');
INSERT INTO "custid_verdict_record" VALUES(2,0,'crm','a');
INSERT INTO "custid_verdict_record" VALUES(2,1,'crm','c');
CREATE TABLE custid_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT custid_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "custid_version" VALUES('0003');
CREATE INDEX custid_event_customer ON custid_event (customer);
CREATE INDEX custid_event_other ON custid_event (other) WHERE other IS NOT NULL;
CREATE INDEX custid_event_arrival ON custid_event (arrival) WHERE arrival IS NOT NULL;
CREATE UNIQUE INDEX custid_record_live ON custid_record (source, "key") WHERE customer IS NOT NULL;
CREATE INDEX custid_record_withdrawn ON custid_record (source, "key") WHERE customer IS NULL;
CREATE INDEX custid_record_customer ON custid_record (customer);
CREATE INDEX custid_identifier_redirect ON custid_identifier (target) WHERE target <> age;
CREATE INDEX custid_verdict_change ON custid_verdict (change);
CREATE INDEX custid_verdict_revoked ON custid_verdict (revoked);
CREATE INDEX custid_verdict_record_key ON custid_verdict_record (source, "key");
COMMIT;
