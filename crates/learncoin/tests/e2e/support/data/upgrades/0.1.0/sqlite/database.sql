BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO "_sqlx_migrations" VALUES(1,'initial','2026-11-29 11:12:26',1,X'87D745CA2C98FBA870AE438F27C78B48BC6B5B474E9FD63C2C2438555365AD05D3BD959579B9AB261783B77F425ECB12',6086013);
INSERT INTO "_sqlx_migrations" VALUES(2,'contract','2026-11-29 11:12:26',1,X'679E6A720AC6A930DC235FF85DFF570183A794AF599E4872AD99C13EFFF4719F7F111AC7D4718EFDDBFE33B44881B23F',11721508);
INSERT INTO "_sqlx_migrations" VALUES(3,'deliveries','2026-11-29 11:12:26',1,X'99B81C3D3DDEA6F923A0A218243BBE0C0FC0AA30D048FA2E7B62B1CD6D4389774933E2AFF50C5E21772763C7BE5CC3E8',4516979);
INSERT INTO "_sqlx_migrations" VALUES(4,'mails','2026-11-29 11:12:26',1,X'684CC1146B69EDBC5B4A0B211501F3D328C12A018AED13926BDA814AB1A6399A5DC2EE5B7B4112C8523E1A58A99CBB76',11776539);
INSERT INTO "_sqlx_migrations" VALUES(10,'nodes','2026-11-29 11:12:26',1,X'995A9E89C0EFD1BE4533A1D90F3386009214883E42652C1BA9163F4C03193EDF97C18F1EEEE85CDEF5C48503235D0579',7810486);
INSERT INTO "_sqlx_migrations" VALUES(11,'chains','2026-11-29 11:12:26',1,X'AC30C82AAD1D486CDEAC200818AD86411151F84E46D2FAA0ECC600F5769BC0CE89EE6BF659866F494EC41A8A00F2F825',6115636);
INSERT INTO "_sqlx_migrations" VALUES(12,'keys','2026-11-29 11:12:26',1,X'DDB6142F0E3FF65017F353DDD76B25232849CA305D6CE3FE4542A4E62B8B23AA1E3A059877C801311B43158259D4B930',10291090);
INSERT INTO "_sqlx_migrations" VALUES(13,'host','2026-11-29 11:12:26',1,X'B6A8BED7D5F208E915EB7C6CC64E689B2D0123A467100D30CC9D23C2A23BBA5ADF85E695206003F037620A660754D436',11580188);
INSERT INTO "_sqlx_migrations" VALUES(14,'erasures','2026-11-29 11:12:26',1,X'8DAB9B8AFC60CA4CD95D3720FDC6AB926E97EB32E72688AB3621BAA7DAC3B6F7E8591F779E1B7DF3AC701D0DDB359398',4952634);
CREATE TABLE anchor_transactions (
    hash         TEXT   NOT NULL,
    batch_id     TEXT   NOT NULL,
    chain_id     BIGINT NOT NULL,
    address      TEXT   NOT NULL,
    nonce        BIGINT NOT NULL,
    raw          TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    sent_at      BIGINT,
    block_number BIGINT,
    block_hash   TEXT,
    block_time   BIGINT,
    CONSTRAINT anchor_transactions_pk PRIMARY KEY (hash),
    CONSTRAINT anchor_transactions_batch_fk FOREIGN KEY (batch_id) REFERENCES batches (id)
);
INSERT INTO "anchor_transactions" VALUES('ee2bca1fa8699ccd069b9ad48df45b2f236fa44b57ff356b2816c6112e3d5a14','bat_01M8KG37Q90N1QWHEZHD82WQ75',31337,'0xFC26b28BD7cfdc8D2732DDf7a5654f5b3154e564',0,'02f88b827a6980830f4240847744d64082753094fc26b28bd7cfdc8d2732ddf7a5654f5b3154e56480a0f93c31416cbd3b2123075c63c4f8a447ad739cf350c14b6084d1f5f963c697a7c080a06ac360e0a4d91541d98d2ea5f901d66879e1b0cf08aa793e8125b3556e5d1d8da00bcccd6179f01e1a67612d2f958eaf21023fec45629b6f3f0894ac359dab0cab',1795950747375,1795950747387,1,'1c2e86909479b727967f3c985302bf480daf543c0d8f5e129ed5627f00539332',1795950747);
INSERT INTO "anchor_transactions" VALUES('d7a0dca2e2dbbe63c921e3d37cadcb93e48aafc8209e17184147542e7768d787','bat_01M8KG381V4K7J44G7THSS4WV5',31337,'0xB6fB9657535ef8DE5D9bA18cD58b49D25ef7b643',0,'02f88b827a6980830f4240847744d64082753094b6fb9657535ef8de5d9ba18cd58b49d25ef7b64380a0bc02610c4b25d60a7d951d259f5528d499a0ec0c0707921f65cf61bf616ccd16c001a09afe8167a4173f6fbb5787dbd1a7ab3df2daaa0e86660aaacd5d6741766a7035a075bd0b8448a09d73cfa9bae48293b2e0c9ee55dba6cf0477e15d82b5f693787b',1795950747711,1795950747715,2,'9914f3184fdf455fc42ec7a9707b452fa2c3646e4958c59b34f98273f72868d3',1795950748);
INSERT INTO "anchor_transactions" VALUES('cb48560fb5c8fa85ec93546a65872736c1a9b3d2a9c0d03b268ae2e927a8fd04','bat_01M8KG38705Z1PF8FEGNWES4ER',31337,'0xB6fB9657535ef8DE5D9bA18cD58b49D25ef7b643',1,'02f88b827a6901830f4240847744d64082753094b6fb9657535ef8de5d9ba18cd58b49d25ef7b64380a081b5d139090d20045b08631b6d321e05d491192d9c27ab6423d0b5969c573321c001a037f357690280454c79ba5db6218cc0590d290e319aad7c928ae1aea47148caf6a01d184c4c6dc9a05b2fd9640396fae35f864ed2286f85404a611de21d1d2557bb',1795950747890,1795950747902,3,'76172fdce9544fe405b8f37e0aacc0af491633afaa4d032d7274c49bee5a27c5',1795950749);
INSERT INTO "anchor_transactions" VALUES('2354b11e94948b58638014caf40e6c9ab09bfa683865c41553f4f093da3b7fdf','bat_01M8KG38ES43JCG706DMDZ8PF2',31337,'0x751258D48121A6Ac06875997CbD06d087c75145a',0,'02f88b827a6980830f4240847744d64082753094751258d48121a6ac06875997cbd06d087c75145a80a0d3979defa273f94f2ce189ba674f2e5f523fe21cf1ffb27b8662eb1880098a7bc001a0aa70d7320273b1e0283ef83a4793729502584fdc643177c094cf82402900f442a00d4fe6ca7ccf7db72009a82d78f5fd58d1948b37e67354cdfc71b5e296c84511',1795950748147,1795950748188,4,'49d2082aa0841fff19daf9e2a50a69c8883a181c9dc9fac0e74f93ef31be158e',1795950750);
INSERT INTO "anchor_transactions" VALUES('84383b0e55099273daf371d31a1abd366e43f3c3ba56fa3f82bdca2ef317cfc3','bat_01M8KG3EEVBD36X8734AEHVH4W',31337,'0x366f9fAF3990e692647Eddc9b8e34E0A5221967E',1,'02f88b827a6901830f4240847744d64082753094366f9faf3990e692647eddc9b8e34e0a5221967e80a0072af0ceed83071fc588dc4176a706c73a1d8ccc5f07f21a6798732713e35ca0c001a06920e11af46f71986c102103a20c7c2db2d4a736841779b9ed39cd9cccd51b89a00df02a4eb0817d41ba8ac0b62b2b78fb7aa83726ec638b9567bcb162521009bc',1795950754297,1795950754320,6,'2fdeb01d3a3912c868abe70ffbef720d5ca34df4bb5ff0cf192d45bd65611882',1795950754);
INSERT INTO "anchor_transactions" VALUES('e75b00d4ba11fbc21c46de2a3f75b9fc224deced4c483c2e7138ab0e90f12d71','bat_01M8KG3ES8JEZ8ZNJ0VKEES16B',31337,'0x751258D48121A6Ac06875997CbD06d087c75145a',1,'02f88b827a6901830f4240847744d64082753094751258d48121a6ac06875997cbd06d087c75145a80a06742664480430f6a05f78dd87831509533b3780ca1af7c2afaa32f0ad0aef268c001a041ea2532e3072dd92cf272c15292d1934e35db3ffb27de2d8cbe4136aa385b56a009c9fcaecd8b874f47918b2551bf96f35f8c32cb4c6a2b8bd06ebfb5641960a6',1795950754616,1795950754636,7,'2b11511b063906ef55b3411a229b60ad0138027fdf31c07e44903d0b2183b176',1795950755);
INSERT INTO "anchor_transactions" VALUES('d1733042ddf25d0d7df42a053004e7d013c0005973d0fd4780d8af3079b240a5','bat_01M8KG3F2HV5HZ9VDG5VDDKKTS',31337,'0xB6fB9657535ef8DE5D9bA18cD58b49D25ef7b643',2,'02f88b827a6902830f4240847744d64082753094b6fb9657535ef8de5d9ba18cd58b49d25ef7b64380a020421fca62e6d016306ab90008c6d00dd5333edc8437932d01c54496784940efc080a0e7ac1398511a852a6076fc882e2166bcf607546b59bec33e2630524b0deee0cca0080fd92bb62187d9c1270fdeb061f35bf7306c6c6ee87c77c28e5158dc7f90b0',1795950754912,1795950754919,8,'e0df84ccf968a58d7603c60dda1b2d62d0eea3fe612893c4a7457d4032bc854b',1795950756);
CREATE TABLE api_key_networks (
    key_id TEXT NOT NULL,
    cidr   TEXT NOT NULL,
    CONSTRAINT api_key_networks_pk PRIMARY KEY (key_id, cidr),
    CONSTRAINT api_key_networks_key_fk FOREIGN KEY (key_id) REFERENCES api_keys (id)
);
CREATE TABLE api_keys (
    id           TEXT   NOT NULL,
    tenant_id    TEXT   NOT NULL,
    environment  TEXT   NOT NULL,
    label        TEXT,
    -- SHA-256 of the whole key; the key itself is shown once and never stored.
    digest       TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT,
    CONSTRAINT api_keys_pk PRIMARY KEY (id),
    CONSTRAINT api_keys_digest_unique UNIQUE (digest),
    CONSTRAINT api_keys_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
INSERT INTO "api_keys" VALUES('key_01M8KG37DXYK7GW4FX78E246PP','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','fixture','e0ac7d0906db26ea2052675e5824c91ceb4aec9ba25b8c4e37cec4d2e0ff5224',1795950747069,1795950755343,NULL);
INSERT INTO "api_keys" VALUES('key_01M8KG37K0A9JMJ55PZWYHJ4MR','tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','fixture','a834df06e03bc64727cec4531f8f3bc64b8b8c09d5a05a22e71e0c251dbe867c',1795950747232,1795950755343,NULL);
INSERT INTO "api_keys" VALUES('key_01M8KG37P8VPSE90W5YARMY63Z','tnt_01M8KG37MRTS6SY83GXM5CH2NM','test','fixture','cdf0eee3ef20d2c0d90408d85958ee384da10e15bb7ccce464e1b3ea9717f2c2',1795950747336,1795950755343,NULL);
CREATE TABLE audit_log (
    request_id TEXT   NOT NULL,
    tenant_id  TEXT,
    key_id     TEXT,
    method     TEXT   NOT NULL,
    endpoint   TEXT   NOT NULL,
    status     BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    CONSTRAINT audit_log_pk PRIMARY KEY (request_id)
);
INSERT INTO "audit_log" VALUES('req_01M8KG37PE62642HX1CY8NMZQE','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','PATCH','/v1/tenants/me',200,1795950747342);
INSERT INTO "audit_log" VALUES('req_01M8KG37PK0KGGF9Y86BFAY0TD','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','POST','/v1/webhooks',201,1795950747347);
INSERT INTO "audit_log" VALUES('req_01M8KG37PY731NYFTZNDPNGEQ6','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','POST','/v1/webhooks',201,1795950747358);
INSERT INTO "audit_log" VALUES('req_01M8KG37Q7X7WMJD1NQ5J12F9X','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','POST','/v1/batches',202,1795950747367);
INSERT INTO "audit_log" VALUES('req_01M8KG37QQAYYX2MG12X98N88F','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/batches/{id}',200,1795950747383);
INSERT INTO "audit_log" VALUES('req_01M8KG37V7Y94N5MWSME9FMH1Z','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/batches/{id}',200,1795950747495);
INSERT INTO "audit_log" VALUES('req_01M8KG37W8V3BXVEY5ZJ5K9AZQ','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/batches/{id}',200,1795950747528);
INSERT INTO "audit_log" VALUES('req_01M8KG3806EZTN6X7AZPCWXFH3','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','POST','/v1/credentials/{id}/revoke',200,1795950747655);
INSERT INTO "audit_log" VALUES('req_01M8KG380H61ZQPX0S0DGDD4F8','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','POST','/v1/credentials/{id}/erase',200,1795950747665);
INSERT INTO "audit_log" VALUES('req_01M8KG381SCY5B1HCV43WDF2YF','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','POST','/v1/batches',202,1795950747705);
INSERT INTO "audit_log" VALUES('req_01M8KG38213NNTVV81JD8R9FTA','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','GET','/v1/batches/{id}',200,1795950747713);
INSERT INTO "audit_log" VALUES('req_01M8KG385FCM0HAD6TCB2G4TWG','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','GET','/v1/batches/{id}',200,1795950747824);
INSERT INTO "audit_log" VALUES('req_01M8KG385Z07ZC3MF45B4EAYZD','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','GET','/v1/batches/{id}',200,1795950747839);
INSERT INTO "audit_log" VALUES('req_01M8KG386HFFMBH678XNKCD3SD','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','POST','/v1/batches',202,1795950747857);
INSERT INTO "audit_log" VALUES('req_01M8KG387C3GVSBY4YXX24NE90','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','POST','/v1/batches',202,1795950747884);
INSERT INTO "audit_log" VALUES('req_01M8KG3880BX33N803RGSKZ6ZM','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','GET','/v1/batches/{id}',200,1795950747904);
INSERT INTO "audit_log" VALUES('req_01M8KG38BSH7SV7TA5CV0CD22J','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','GET','/v1/batches/{id}',200,1795950748025);
INSERT INTO "audit_log" VALUES('req_01M8KG38C9WBV7CSF94XARNGJZ','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','GET','/v1/batches/{id}',200,1795950748041);
INSERT INTO "audit_log" VALUES('req_01M8KG38CX7WT6KD361T7VZCEA',NULL,NULL,'GET','/v1/batches',401,1795950748061);
INSERT INTO "audit_log" VALUES('req_01M8KG38EH2AC6YXYAB4H13E55','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','POST','/v1/batches',202,1795950748113);
INSERT INTO "audit_log" VALUES('req_01M8KG38F98PFEYQZ4JDS3C2NX','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/batches/{id}',200,1795950748137);
INSERT INTO "audit_log" VALUES('req_01M8KG38KXFDZTGR82F3VF5RFQ','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/batches/{id}',200,1795950748285);
INSERT INTO "audit_log" VALUES('req_01M8KG38QZ2FKJFPFHDKZYXF9V','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/batches/{id}',200,1795950748415);
INSERT INTO "audit_log" VALUES('req_01M8KG38R2W79B7BT3KX6PVAC4','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/batches/{id}',200,1795950748418);
INSERT INTO "audit_log" VALUES('req_01M8KG3EDBDD8CPGAAQ7S2XWQV','tnt_01M8KG37MRTS6SY83GXM5CH2NM','key_01M8KG37P8VPSE90W5YARMY63Z','POST','/v1/batches',202,1795950754219);
INSERT INTO "audit_log" VALUES('req_01M8KG3EFQ7WGHJKBHJXFQ3P9V','tnt_01M8KG37MRTS6SY83GXM5CH2NM','key_01M8KG37P8VPSE90W5YARMY63Z','GET','/v1/batches/{id}',200,1795950754295);
INSERT INTO "audit_log" VALUES('req_01M8KG3EKK316QC90FTGEK4D6D','tnt_01M8KG37MRTS6SY83GXM5CH2NM','key_01M8KG37P8VPSE90W5YARMY63Z','GET','/v1/batches/{id}',200,1795950754420);
INSERT INTO "audit_log" VALUES('req_01M8KG3EPX8N2H3PHTY41J137R','tnt_01M8KG37MRTS6SY83GXM5CH2NM','key_01M8KG37P8VPSE90W5YARMY63Z','GET','/v1/batches/{id}',200,1795950754526);
INSERT INTO "audit_log" VALUES('req_01M8KG3EQ1K0Q7HGE71ARXY4JM','tnt_01M8KG37MRTS6SY83GXM5CH2NM','key_01M8KG37P8VPSE90W5YARMY63Z','GET','/v1/batches/{id}',200,1795950754529);
INSERT INTO "audit_log" VALUES('req_01M8KG3ERKM5BTN256MX5YH77W','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','POST','/v1/batches',202,1795950754579);
INSERT INTO "audit_log" VALUES('req_01M8KG3ESS5A3D4VXW8KAHP7BF','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/batches/{id}',200,1795950754617);
INSERT INTO "audit_log" VALUES('req_01M8KG3EY6BMSFK3T7SV9AVBG3','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/batches/{id}',200,1795950754758);
INSERT INTO "audit_log" VALUES('req_01M8KG3F0224TZXXCQ90QD4BSR','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/batches/{id}',200,1795950754818);
INSERT INTO "audit_log" VALUES('req_01M8KG3F24TV19N7PMYQBQWJJG','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','POST','/v1/batches',202,1795950754884);
INSERT INTO "audit_log" VALUES('req_01M8KG3F32QBC8CYVJPXYZD5XY','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','GET','/v1/batches/{id}',200,1795950754914);
INSERT INTO "audit_log" VALUES('req_01M8KG3F71TJH2PZGK08SN5HTZ','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/batches',200,1795950755041);
INSERT INTO "audit_log" VALUES('req_01M8KG3F7CAWQX5NX8CR1GQV3S','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/batches/{id}',200,1795950755052);
INSERT INTO "audit_log" VALUES('req_01M8KG3F7MS0G128462AN4Q83S','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/credentials/{id}',200,1795950755060);
INSERT INTO "audit_log" VALUES('req_01M8KG3F84KHNM67XEDP7M4PT3','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/batches/{id}',200,1795950755076);
INSERT INTO "audit_log" VALUES('req_01M8KG3F8MWSFC2QBMQ89TYGJ7','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/credentials/{id}',200,1795950755092);
INSERT INTO "audit_log" VALUES('req_01M8KG3F8XK4X3FGY286ZF17FY','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/credentials/{id}',200,1795950755101);
INSERT INTO "audit_log" VALUES('req_01M8KG3F973WYPBNZ6DVN1VK8X','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/batches/{id}',200,1795950755111);
INSERT INTO "audit_log" VALUES('req_01M8KG3F9YWYF492EAY97P7H2J','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/credentials/{id}',200,1795950755134);
INSERT INTO "audit_log" VALUES('req_01M8KG3FA7T8YTA5ZG6Q73M98C','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/credentials/{id}',200,1795950755143);
INSERT INTO "audit_log" VALUES('req_01M8KG3FAAYFBWC435288RWZHN','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/credentials/{id}',200,1795950755146);
INSERT INTO "audit_log" VALUES('req_01M8KG3FAZHJYXBJQ0VXNEA3AX','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/credentials/{id}',200,1795950755167);
INSERT INTO "audit_log" VALUES('req_01M8KG3FBEPG4P690GHYGX49PR','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/credentials/{id}',200,1795950755182);
INSERT INTO "audit_log" VALUES('req_01M8KG3FBVKYEYMVBQE3HDNMDX','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','key_01M8KG37DXYK7GW4FX78E246PP','GET','/v1/credentials/{id}',200,1795950755195);
INSERT INTO "audit_log" VALUES('req_01M8KG3FCDPWSFM3KSVV1PWHQX','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','GET','/v1/batches',200,1795950755213);
INSERT INTO "audit_log" VALUES('req_01M8KG3FD1HBT73ESBSENB9BJF','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','GET','/v1/batches/{id}',200,1795950755233);
INSERT INTO "audit_log" VALUES('req_01M8KG3FDCY4TKVWB62X61PKK6','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','GET','/v1/batches/{id}',200,1795950755244);
INSERT INTO "audit_log" VALUES('req_01M8KG3FDN2K1T9FHHZ9VR47G4','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','GET','/v1/credentials/{id}',200,1795950755253);
INSERT INTO "audit_log" VALUES('req_01M8KG3FDTC52MEM35J9XS5722','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','GET','/v1/batches/{id}',200,1795950755258);
INSERT INTO "audit_log" VALUES('req_01M8KG3FE7V59B6Q9NZGQC8X8T','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','GET','/v1/credentials/{id}',200,1795950755271);
INSERT INTO "audit_log" VALUES('req_01M8KG3FF5ZWEF1W0N6CD7GBHF','tnt_01M8KG37FBFPWRGS6JF3921XZ5','key_01M8KG37K0A9JMJ55PZWYHJ4MR','GET','/v1/credentials/{id}',200,1795950755301);
INSERT INTO "audit_log" VALUES('req_01M8KG3FFMZ55238BB9E5806HS','tnt_01M8KG37MRTS6SY83GXM5CH2NM','key_01M8KG37P8VPSE90W5YARMY63Z','GET','/v1/batches',200,1795950755316);
INSERT INTO "audit_log" VALUES('req_01M8KG3FFW1AS4NWS83WBK6SED','tnt_01M8KG37MRTS6SY83GXM5CH2NM','key_01M8KG37P8VPSE90W5YARMY63Z','GET','/v1/batches/{id}',200,1795950755324);
INSERT INTO "audit_log" VALUES('req_01M8KG3FG5P51QEYTHRT6M1A6B','tnt_01M8KG37MRTS6SY83GXM5CH2NM','key_01M8KG37P8VPSE90W5YARMY63Z','GET','/v1/credentials/{id}',200,1795950755333);
CREATE TABLE batches (
    id                  TEXT   NOT NULL,
    tenant_id           TEXT   NOT NULL,
    environment         TEXT   NOT NULL,
    status              TEXT   NOT NULL,
    credentials_count   BIGINT NOT NULL,
    -- Fixed when the batch is accepted, like everything that goes into a document.
    public_url          TEXT   NOT NULL,
    verification_method TEXT   NOT NULL,
    signing_key_number  BIGINT NOT NULL,
    chain_id            BIGINT NOT NULL,
    created_at          BIGINT NOT NULL,
    signed_at           BIGINT,
    anchored_at         BIGINT,
    failed_at           BIGINT,
    merkle_root         TEXT,
    error_code          TEXT,
    error_message       TEXT,
    -- The pipeline's own: how often the current step failed, and when it may be tried again.
    attempts            BIGINT NOT NULL,
    next_attempt_at     BIGINT NOT NULL, anchor_again_with BIGINT,
    CONSTRAINT batches_pk PRIMARY KEY (id),
    CONSTRAINT batches_status_known CHECK (status IN ('pending', 'signed', 'anchored', 'failed')),
    CONSTRAINT batches_signing_key_fk FOREIGN KEY (tenant_id, signing_key_number) REFERENCES signing_keys (tenant_id, number)
);
INSERT INTO "batches" VALUES('bat_01M8KG37Q90N1QWHEZHD82WQ75','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','anchored',6,'https://learncoin.example','did:web:learncoin.example#tenant-01M8KG37BC5BNSMNWTA9MRPVY8-key-1',1,31337,1795950747369,1795950747382,1795950747491,NULL,'f93c31416cbd3b2123075c63c4f8a447ad739cf350c14b6084d1f5f963c697a7',NULL,NULL,0,9223372036854775807,NULL);
INSERT INTO "batches" VALUES('bat_01M8KG381V4K7J44G7THSS4WV5','tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','anchored',2,'https://learncoin.example','did:web:learncoin.example#tenant-01M8KG37FBFPWRGS6JF3921XZ5-key-1',1,31337,1795950747707,1795950747711,1795950747824,NULL,'bc02610c4b25d60a7d951d259f5528d499a0ec0c0707921f65cf61bf616ccd16',NULL,NULL,0,9223372036854775807,NULL);
INSERT INTO "batches" VALUES('bat_01M8KG38705Z1PF8FEGNWES4ER','tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','anchored',1,'https://learncoin.example','did:web:learncoin.example#tenant-01M8KG37FBFPWRGS6JF3921XZ5-key-1',1,31337,1795950747869,1795950747890,1795950748009,NULL,'81b5d139090d20045b08631b6d321e05d491192d9c27ab6423d0b5969c573321',NULL,NULL,0,9223372036854775807,NULL);
INSERT INTO "batches" VALUES('bat_01M8KG38ES43JCG706DMDZ8PF2','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','anchored',2,'https://learncoin.example','did:web:learncoin.example#tenant-01M8KG37BC5BNSMNWTA9MRPVY8-key-2',2,31337,1795950748120,1795950748160,1795950748312,NULL,'d3979defa273f94f2ce189ba674f2e5f523fe21cf1ffb27b8662eb1880098a7b',NULL,NULL,0,9223372036854775807,NULL);
INSERT INTO "batches" VALUES('bat_01M8KG3EEVBD36X8734AEHVH4W','tnt_01M8KG37MRTS6SY83GXM5CH2NM','test','anchored',1,'https://learncoin.example','did:web:learncoin.example#tenant-01M8KG37MRTS6SY83GXM5CH2NM-key-1',1,31337,1795950754267,1795950754299,1795950754424,NULL,'072af0ceed83071fc588dc4176a706c73a1d8ccc5f07f21a6798732713e35ca0',NULL,NULL,0,1795950755391,2);
INSERT INTO "batches" VALUES('bat_01M8KG3ES8JEZ8ZNJ0VKEES16B','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','anchored',1,'https://learncoin.example','did:web:learncoin.example#tenant-01M8KG37BC5BNSMNWTA9MRPVY8-key-2',2,31337,1795950754600,1795950754617,1795950754768,NULL,'6742664480430f6a05f78dd87831509533b3780ca1af7c2afaa32f0ad0aef268',NULL,NULL,0,9223372036854775807,NULL);
INSERT INTO "batches" VALUES('bat_01M8KG3F2HV5HZ9VDG5VDDKKTS','tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','anchored',1,'https://learncoin.example','did:web:learncoin.example#tenant-01M8KG37FBFPWRGS6JF3921XZ5-key-1',1,31337,1795950754897,1795950754912,1795950755026,NULL,'20421fca62e6d016306ab90008c6d00dd5333edc8437932d01c54496784940ef',NULL,NULL,0,9223372036854775807,NULL);
CREATE TABLE credentials (
    id                TEXT   NOT NULL,
    batch_id          TEXT   NOT NULL,
    position          BIGINT NOT NULL,
    tenant_id         TEXT   NOT NULL,
    environment       TEXT   NOT NULL,
    recipient_id      TEXT   NOT NULL,
    -- The redacted document, unsigned: it holds no personal data.
    document          TEXT   NOT NULL,
    -- Name, address, evidence and blind, sealed under data_key; data_key is sealed under the master key.
    -- Erasure destroys both.
    personal_sealed   TEXT,
    data_key_sealed   TEXT,
    node_full         TEXT,
    tree_path         TEXT,
    revoked_at        BIGINT,
    revocation_code   TEXT,
    revocation_reason TEXT,
    erased_at         BIGINT, erasure_requester TEXT, erasure_verified_at TEXT,
    CONSTRAINT credentials_pk PRIMARY KEY (id),
    CONSTRAINT credentials_position_unique UNIQUE (batch_id, position),
    CONSTRAINT credentials_batch_fk FOREIGN KEY (batch_id) REFERENCES batches (id)
);
INSERT INTO "credentials" VALUES('crd_01M8KG37Q9CJWB59T9X58V8A7F','bat_01M8KG37Q90N1QWHEZHD82WQ75',0,'tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','urn:uuid:00000000-0000-4000-8000-000000000001','{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG37Q9CJWB59T9X58V8A7F","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG37BC5BNSMNWTA9MRPVY8","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"b93a499c9709e79e4656d36089998d71","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000001","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:7bf361c6-1e1f-413d-9e76-2a127016d570","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}','1.BW/J3J15/TmNrSmxd12pYvVVkL9+maY/HCYX2/6QIAjTKdJnGM39M/o+9axEZhUi0UM80BFTmIBF467O9dh7ImOfM7U+QhcMKbPwjpzsml4uCUjoHNckp4rv94LVQvqDoakwEr/VQAJXCDHmwdiH2rWFyKHt1XTNq/qrGkCQ9EEKNfxkN6kb5kKtbtbXH2vx0y69W2tP+HTaPxdrfWKNJUARoBPmpJ+gmfqzusaFwsykfTbgkjDSTEE9YCzBEFWOvGnzjyC9/RT/V4D7vulxM1pMPg+LpBpWNEpB3oBZbluXSTnUXZXxp7XlfyFjTbuDU0+JCf9JUSYPbk5YaoiPERvo8+bk8i8ZL9Qg2+tfdq4','1.+ZNOGGBW4680njR5F69BUcfJW11yB4cJbCNoeXQMGwuRoz/DD2wUS6929RNdd+5nI5ui2crxNrVWly1YZRPwsV9LcgvG0rtt','5478ea4baa30beb68a6ed77ceceaad9a6290c1fec50ebb9ea1d98ba18403d197','L30574888a77173a56f57a31da103037843b89b4e7e3bffe4a2809bcf12071e89Rd6092bddd2085cf797a879117f15c58f7cb034166bd7695ff22f388475286f83R89049728653f06571fb7f2ee4b0730894e679f1607f79e6e5f276e256b0438e9',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "credentials" VALUES('crd_01M8KG37Q9C244RSPC6HF4HYNK','bat_01M8KG37Q90N1QWHEZHD82WQ75',1,'tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','urn:uuid:00000000-0000-4000-8000-000000000002','{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG37Q9C244RSPC6HF4HYNK","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG37BC5BNSMNWTA9MRPVY8","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","validUntil":"2099-04-23T12:00:00Z","expirationDate":"2099-04-23T12:00:00Z","nonce":"5a2c8f1a0955a09e23ce49b489f13a67","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000002","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:9fd8cecf-904c-4c0f-8abc-c11ad02f8193","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}','1.Ppdaloo/br1J88bRNSmqDk57qxdz8goD55PuS220vM9ywrWEizPyM+NkHktL3FHvMNG64M//eK3vNuB5pm7UEe+ueSp6xfgk6oPVRIIYB2yGZnFFjzolDgYrWyqQn/VA2apKyta/iY7rZxA037Qoct76+dgiNMfuIo7jbShuLEC4fOzjqKcvpeESJ1mOTZDAIVGlyg7fK2SFS3SlEdL87b3vuwrKU4OSio1EPtBEYchFwHePybKrr76svZI','1.nD3yEtGeAi9yBQ6dvQyTLjvB0P8MyuCEPyjLENbk6phFESXsPebr/ytIOYJGV5RsTvc/xIdHZueirKNdcQqTnVUeoKdxvAQv','65658ba9a5981d2b7c56abf03c8f786524b283feb169411d7cd218c65892a69a','L7ed5e6a6cdb5fc57fe1fc4f94172524484ad800403f1108c8b428565d66f333aLb29e560f8c77611c4bada39ac52e6ed107896bd4c38ae21dbc031ae49e6d077f',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "credentials" VALUES('crd_01M8KG37Q9M2RAENY4GK8W54H6','bat_01M8KG37Q90N1QWHEZHD82WQ75',2,'tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','urn:uuid:00000000-0000-4000-8000-000000000003','{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG37Q9M2RAENY4GK8W54H6","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG37BC5BNSMNWTA9MRPVY8","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","validUntil":"2021-04-23T12:00:00Z","expirationDate":"2021-04-23T12:00:00Z","nonce":"bda4be8cc7a36f7b870ddbe50fcbdcf2","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000003","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:461dfaf8-764e-416a-8378-ca074497d4be","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}','1.h9HMu+Hu+3GaX/SOeDTh6skCmRZntIQn4OIOAYdD0YBd5qP0KbtpCPkJKldwFqQ7z0lxlSa85XEc3poTmQHoSN4SKrtsTkvIMaZjT/JE+htylW9MqCBLmOQ5l15C9gFj3m7c2EDTcS7YTztSeT8VwCDeTjQD6/gl7x0gW7/IVpHuoeUtK40EQFXv5wKesHo0C2LnwhK9utJtsQPeUSdepVxmaggyz+WaiQ8','1.zBWerW1UQVoUbr23OMohglgVYYR7tBispjHBXnPqgMfH3DUQ7PXZPQQ7AcFm+WiRQMoAqI9s8XX5oEAbWVz5AxjZMHbsvC2B','a9515d13d431fbebab801748c455be5ff61f5773209c181144ac115b9b821fa3','R38f41ba04e4c20b0f88879ee9166c98e6d5f4d1198618fcd91cef06aebb63bebRd6092bddd2085cf797a879117f15c58f7cb034166bd7695ff22f388475286f83R89049728653f06571fb7f2ee4b0730894e679f1607f79e6e5f276e256b0438e9',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "credentials" VALUES('crd_01M8KG37Q9KDBZ24WVMRVFTTG7','bat_01M8KG37Q90N1QWHEZHD82WQ75',3,'tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','urn:uuid:00000000-0000-4000-8000-000000000004','{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG37Q9KDBZ24WVMRVFTTG7","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG37BC5BNSMNWTA9MRPVY8","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"db4615e780c09252c624d8e7b5e042fc","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000004","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:b1c53d34-2ec8-4ce7-91a3-b0def10c45b0","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}','1.6DbQeuugCl0Z/VL4NoSbI4f7sLpCaCsFEbvksSL5ur32j+nbceEXDmCpb/hYVzcf93IxutBymO6pYeYG354DktcDOQ505oy8m3IXqcqk8hwnAmK8TYtNpz1Vk8VwUEfWW9CfjCl+MkaUKLbRLVYZzlfxdZTQKkj2f4gyYz9m7VK3eGTyf8T4l7H1vXDZH+wOw2RQUnFlkrwY5uAQ8353tM/U8FEFmbuc','1.cpWqvxNziA+YrgP6AfJ8I8K3IqVIzUlxnbXb2rNtleVxbUcA+EcnUI9LY/8E3ze1T+PIK9aqnwDFkEU6FPe9qRhFK2ThDpz2','4d8b10d463e89b5e597a2d3354e1fabd32e560317fedc8377be51610c1ef7735','Rb6d706d6eb651673e27a0ac5bf2086bc698cc4aa83d4c302a0bc3790e10806ccLb29e560f8c77611c4bada39ac52e6ed107896bd4c38ae21dbc031ae49e6d077f',1795950747656,'issuer_error','Issued by mistake',NULL,NULL,NULL);
INSERT INTO "credentials" VALUES('crd_01M8KG37Q994SCVC52NG3PHV1R','bat_01M8KG37Q90N1QWHEZHD82WQ75',4,'tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','urn:uuid:00000000-0000-4000-8000-000000000005','{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG37Q994SCVC52NG3PHV1R","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG37BC5BNSMNWTA9MRPVY8","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"03503643253c4e187e4baae115179892","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000005","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:406a00c5-4a96-4717-b2e0-5123836c8fbc","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}',NULL,NULL,'720a36e2caa3c9dfa2b20c9aee9197dc7097518993d3b3399a5d478997b946f8','R73cb063c63b59dc659c64dc4c6c3442bc634b8763786e36b6fb6829d48a81d6eLf80ed658ba3c2ce86fef109994469f5bdb9519307c9412879642933d58bc27adR89049728653f06571fb7f2ee4b0730894e679f1607f79e6e5f276e256b0438e9',NULL,NULL,NULL,1795950747671,'recipient','2020-04-24T13:30:00Z');
INSERT INTO "credentials" VALUES('crd_01M8KG37Q9CJDWGD9M89J337E9','bat_01M8KG37Q90N1QWHEZHD82WQ75',5,'tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','urn:uuid:00000000-0000-4000-8000-000000000006','{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG37Q9CJDWGD9M89J337E9","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG37BC5BNSMNWTA9MRPVY8","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"4f2d0d8a56d70e85af22974b911a6995","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000006","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:b6bb5ae4-070f-40de-a4f3-05aa88ff0225","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}','1.Kei6oqztJKlD9X8WzRAchEOLDhCXPkSqXPNQkEwZR2RH1UVrWT6jy/uvhC+lFhOG46dRSM/5ANecpS9uOr6RvpM9q9K8hNKn3OQ4KcRuHg9GoMfqwvrNS4rGZuNVZtEadlR2B/J/RxdMCSCIGEugbSKfpX+wEhlyjbwuo1FD7Me3mFjEx2W4jh5p2dJgMkc3XEt/8MtVyTIXnCzaAKFa9iwUEuXG87Ae','1.SdB659ojRoqaJ5Ua6BrzNMUgPCota2mOwwzOLNqvB6Qyunl3jjRike+Wdk8dVCT7ETPRoH+bzawUrqPiw57wz5sObytKz4Hh','f45419d069b07ab9e02f3563d30e3c88b3059f64f16da3692cdd35c1776e31ea','L67c8800533a3ee16b06158e120a7641ca00a9c194788d8d7b7c83ceefae79aaaLf80ed658ba3c2ce86fef109994469f5bdb9519307c9412879642933d58bc27adR89049728653f06571fb7f2ee4b0730894e679f1607f79e6e5f276e256b0438e9',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "credentials" VALUES('crd_01M8KG381V745T8JR4Y26KW143','bat_01M8KG381V4K7J44G7THSS4WV5',0,'tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','urn:uuid:00000000-0000-4000-8000-000000000007','{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG381V745T8JR4Y26KW143","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG37FBFPWRGS6JF3921XZ5","type":["Profile"],"name":"مدرسة المثال"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"d4b81ac4c85059753249bf90fdc7205b","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000007","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:fbd63ec6-1471-4778-96f5-656667c48b2d","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}','1.2ipTHt8SWtkyX1OccZOR+tIvEAgiFz402BAvYYl9Gk7n00Z8Xw6a3sGcA/8Dw2HFDHp7o0jiDJlI6Q2oTGfcldCzw7lxFNFboLxA9AXgO7GQ+xlIWWGQ8TGnhob7ldgfVApcUxgLTxS350gB1Bsvzt8GxCcpiS+aPq9Izg5AXsdW9UKNjLrHeWLVMj7pFJDXQhtuQ5O74MMLqub+syxkQKLu2eK3UeQB05EJQNKnzHsGpdWk','1.oMHwv77e1hXcwN7czGZ/lM7FErD9XPrC6rSsciCz0gLTiMSs7asSsxCkuYZ9P/qix/oi7332MQL1lI8TtqqXvBCbD3q0HDTi','bcc8c9a6ab62c6ef67d3ed194ff7301d0a7c33ff001a5f2506e16d04f994c676','Rae07413698000856669af5401dedef3432eff0f2152d992561060039fe09d6da',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "credentials" VALUES('crd_01M8KG381VGA1FQM10W5ZX5KXP','bat_01M8KG381V4K7J44G7THSS4WV5',1,'tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','urn:uuid:00000000-0000-4000-8000-000000000008','{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG381VGA1FQM10W5ZX5KXP","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG37FBFPWRGS6JF3921XZ5","type":["Profile"],"name":"مدرسة المثال"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"43bdfcf4846437c458621b41f491b7d7","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000008","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:8f849627-3122-4df1-8dc3-9831a2eb135d","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}','1.ElA8aL5EELi4xMaMMyCgSR5hbJ0R1Zdd0MXzJiitJgRr5e82qRuvOC1LDz5UO2UlcH/8HUoSQg1YanVwY12Sb3Z6zPkjmP6y/JkFzZ5crEpLXapRrewvDKadEd6yjMRAgf7uL0H9TGj/qs1NjUXJv2EZubuO9pQhxYsOQBPN2z+fbqqcdYrNkvY','1.N+I+xJOf7MnEiVBfc1xwmg6/YcjyTuaMnckwcX9pFzYRKTyXN+k5UOAg4ppr+uF4fMLha1Fn2YYPdKaxQGObTifiMpBOPoA5','f5dd33b5e92ba1ac6e1448c0d42275621ee68cb6fd9295b35feb6238d92fbc9b','L3693d6c3a86cc32cdee513c70463b8bc1506072309917b8f3c9b3292158036c5',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "credentials" VALUES('crd_01M8KG386XG32TC3VGE8C3VT1F','bat_01M8KG38705Z1PF8FEGNWES4ER',0,'tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','urn:uuid:00000000-0000-4000-8000-000000000009','{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG386XG32TC3VGE8C3VT1F","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG37FBFPWRGS6JF3921XZ5","type":["Profile"],"name":"مدرسة المثال"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"e90aec85936de981cdc868e00b9cc61c","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000009","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:5da87b97-0500-48e3-bed2-ed877784877d","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}','1.A2dhqMmRs8XZXqrAdzhgctqTVCuYHi/bsK+cxHqydxigxcU6uE2Pw1HneWLTBkH+DpmB1G6WCtxuo3LjOnocMsaq15LpFrsaAFwZqQs05FRO8P+9g7BBmI/Rb6EGnfCKuz/Y53/4dpH/NWQYsUNyCEp/LWjpVwqkLxFOFI80ZQhshFBXm1ij50MV+r3/','1.vnxPGRc4Vqq2ZUhrtBZDZxnF1Ja2BZrLSouH86EUwS3cBc8/l4d/liOD44+XkfOiOH4bQW9XlfaryvgKQnziQ4VkJpBoDUnx','ad359d7fc0a4cafef8b28f4ebe11fbcfa22778ca52721bed1f44e1fa6e7187ec','',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "credentials" VALUES('crd_01M8KG38ER5Q5GW98GWJ8J9YYZ','bat_01M8KG38ES43JCG706DMDZ8PF2',0,'tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','urn:uuid:00000000-0000-4000-8000-000000000010','{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG38ER5Q5GW98GWJ8J9YYZ","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG37BC5BNSMNWTA9MRPVY8","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"2aa1162d16a0d976e9d910e431d00308","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000010","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:461b023c-d396-4704-91e0-255bc0357982","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}','1.Mpj1U3VOz24okJuWChCUJBdaKqOnpqz1/V7DE86/l1MTXhsl/nfvIBMp9tLAyMqdQtgE8lb+yuLwm5pUW5Drjx2ztlULNY/SN4lspzGXwG+XOSSr6XtCTQK+f1JV/vdqa8f+yrbwgN7m+krbysmzQXOAnGY83TIO4sG1oC9WKI5QtlWNvUEExBsz1l28Nu/AA11DDwAc56SOHH5rNs80A9usGtCT3g','1.i0J1tqoSsU3nXwZRgQ9qpc6LD2gaAJBcCxTMkpZsxV+mms7Y5eIj5YY6QNB+tjcu8Sr8UQStmMboKHYGKH4Pf/LH/fAOneZj','4669a638894078de5301a2b34cd398e10d58ab445123f39ba8bb9e2a4e94bdeb','L7f7e44b0652df860abe15725e4f605923b8de13fa657db113a78bf5a038e1a16',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "credentials" VALUES('crd_01M8KG38ERTHV6Y84XQR4TPBEZ','bat_01M8KG38ES43JCG706DMDZ8PF2',1,'tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','urn:uuid:00000000-0000-4000-8000-000000000011','{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG38ERTHV6Y84XQR4TPBEZ","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG37BC5BNSMNWTA9MRPVY8","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"768d771a64bbf75cc6911bda147650fd","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000011","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:a2918e3b-5d06-40e7-9b49-5e4dcce4be0c","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}','1.wqAxg654EnvdvNhlH6Dx/27hdfrQRGls0YujivJG+xMf+LHjOo2rxp1XlRsqyrWPOl6sOUNGZyYkWpEJeTYiwGEdDIWsKbAElGeFxW77pYsT8xCSUhXf9CF3J8N9zykNjkr1dN89g4ebQuBaprhhDwyJmA4mz2oTGlEueLSZUjpiAWohCcOjrA','1.RLSqjyi1fB9gxw2fyZ/9oOBJH+Dfqptg4hrQwA8FSuGP6tVLFiQiTPLwfTTghEkIu5nk7crCXlUTmBZNPHQj3hJVUXHLPYE4','e5fdc13fee57e5725b6b5517c582bb2fee34f3b85aff0e6d1aafbeaaf83fe665','Re2319fae4ec559c6aef92931fc77b0d4a20f70e33730a6b32c66f5e6822eb9d2',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "credentials" VALUES('crd_01M8KG3EETB7ADC613TD10FETR','bat_01M8KG3EEVBD36X8734AEHVH4W',0,'tnt_01M8KG37MRTS6SY83GXM5CH2NM','test','urn:uuid:00000000-0000-4000-8000-000000000013','{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG3EETB7ADC613TD10FETR","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG37MRTS6SY83GXM5CH2NM","type":["Profile"],"name":"Example Academy"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"e764b1904233e3605b0b1d9b1c6d5e6f","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000013","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:10753589-9578-40a1-8c66-0bc8d8ffd9f8","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}','1.aQszFyveNxIHbpGX+liuY5P+4MMAwE7L1WG1pqzHf0m8ojjPPaC6CU+Y3Ym6kXsjDqZCcJ9gxTrO0HZJey3U6D2mGdsZ0N022uq4bd6xOKDCMo3cK6EU9o5QW4logrnb2ok6DNrkx+uiwbm94tCTEZgprQtjsl+dcEEcvU07TyXjf2SdA/w0wJbY','1.U+C6FzD/bbConqUnilQR0kYuWcpGqz3IoUMtLqR5HB4lWBH6dU7vddCLYD9yX31a8ty34Ipz/UsGYPImKPAOz15hM8Bu7THT','710da943804bf38fc6cf13d59c0addea0b4077bc4dc0f627c748c7a7b16bedbb','',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "credentials" VALUES('crd_01M8KG3ES8WEN5E902GM3CGFH2','bat_01M8KG3ES8JEZ8ZNJ0VKEES16B',0,'tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','urn:uuid:00000000-0000-4000-8000-000000000014','{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG3ES8WEN5E902GM3CGFH2","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG37BC5BNSMNWTA9MRPVY8","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu","image":{"id":"https://example.edu/logo.png","type":"Image"}},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"3e82d712b4839dbc94f2b6c727f5e41d","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000014","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:75b1a254-214b-4372-bcf8-2cd4fe60a66d","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}','1.7BM9Nou+GOW7kkpStiSIVBWLfAgGwtoX4aLTET0LWOsQdkq0libiF/avlOGH61ouKwIDpYdqqvQcZqIlFe6qnUqgYqaO4yPGara3Kray0hFRdYIYJ81lHl3hUk4bTRcKThW3NmRY9n4CMEMbX1bbNxkkCdaidXSVD4t1SOr6dSCT6aoYfsuvX3HrhVr2T8B2DT5uBZbZzthQY4m0DUSjATpnmugJw7vc01Pg','1.QGt6NmRWrhObjeH/xdYunoG/ws8uzH5WkPSob/kws7aK3E9zjDhU+tGWRC4k3XCSKjWjqVoN/k46LCn15KsWWwov+rhASdgy','e30787a8e48a387555c86a0eee26a626f41873fd56f2ebbec4d881833b188eed','',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "credentials" VALUES('crd_01M8KG3F2HQKGZ2A093D75ZAZY','bat_01M8KG3F2HV5HZ9VDG5VDDKKTS',0,'tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','urn:uuid:00000000-0000-4000-8000-000000000015','{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG3F2HQKGZ2A093D75ZAZY","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG37FBFPWRGS6JF3921XZ5","type":["Profile"],"name":"مدرسة المثال"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"5016fbff22dfbe396ba51fb03a609aee","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000015","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:7f38d9ae-e33c-4fbd-9c99-7772adee0599","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}','1.w1GV0oYIbiJ+21AOcSVa8E2fGCz1QgoCC1dLA9aQ9bsyBYtdGgSZRxxsPxmk2tK8Pl+JbthXhgODTsK4Pzf1d+4L2CLyF0x81fAkdjiEvJo5msT4VfNlYey2rxVWZ+BFMPoVGKIrDY1v9TLorCsz3HvAazSaItudlwAqB33d5q6R+nfvKTFXaDz1','1.n68M7UILOJI6kA8POsNlg1rsVjlW5PrTRs3XjK4tz+Hf9YR2qvuNGdxsIkRIP0Zp3zfqllpvzQdfd8H3FGHZjomw2sfawnyJ','87bb55f31ec448ed7a1b8b16ddedc730193d64d21532f06260c26bb80ac6cafc','',NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE deliveries (
    endpoint_id     TEXT   NOT NULL,
    event_id        TEXT   NOT NULL,
    status          TEXT   NOT NULL,
    -- Attempts whose outcome is known, of the present round: a replay begins a new one.
    attempts        BIGINT NOT NULL,
    -- While it is leased, when the lease ends: what nobody recorded is then tried again.
    next_attempt_at BIGINT NOT NULL,
    lease_until     BIGINT,
    created_at      BIGINT NOT NULL,
    CONSTRAINT deliveries_pk PRIMARY KEY (endpoint_id, event_id),
    CONSTRAINT deliveries_status_known CHECK (status IN ('pending', 'delivered', 'failed')),
    CONSTRAINT deliveries_endpoint_fk FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
    CONSTRAINT deliveries_event_fk FOREIGN KEY (event_id) REFERENCES events (id)
);
INSERT INTO "deliveries" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA','evt_01M8KG37QBSGGGDXDHSJZWKXAD','delivered',1,1795950747381,NULL,1795950747371);
INSERT INTO "deliveries" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC','evt_01M8KG37QBSGGGDXDHSJZWKXAD','pending',3,1795950770607,NULL,1795950747371);
INSERT INTO "deliveries" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA','evt_01M8KG37QPK2TJWA46XHVYXN7Q','delivered',1,1795950747390,NULL,1795950747382);
INSERT INTO "deliveries" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC','evt_01M8KG37QPK2TJWA46XHVYXN7Q','pending',3,1795950771388,NULL,1795950747382);
INSERT INTO "deliveries" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA','evt_01M8KG37V3EZ95925JRKGFZKG8','delivered',1,1795950747494,NULL,1795950747491);
INSERT INTO "deliveries" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC','evt_01M8KG37V3EZ95925JRKGFZKG8','pending',3,1795950769163,NULL,1795950747491);
INSERT INTO "deliveries" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA','evt_01M8KG3808BQFRWZ6903MHEZYW','delivered',1,1795950747662,NULL,1795950747656);
INSERT INTO "deliveries" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC','evt_01M8KG3808BQFRWZ6903MHEZYW','pending',3,1795950770111,NULL,1795950747656);
INSERT INTO "deliveries" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA','evt_01M8KG380Q7W1FWYE90TZ0Z3MA','delivered',1,1795950747674,NULL,1795950747671);
INSERT INTO "deliveries" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC','evt_01M8KG380Q7W1FWYE90TZ0Z3MA','pending',3,1795950770430,NULL,1795950747671);
INSERT INTO "deliveries" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA','evt_01M8KG38ES5H62BDG4A6MZQJ34','delivered',1,1795950748152,NULL,1795950748121);
INSERT INTO "deliveries" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC','evt_01M8KG38ES5H62BDG4A6MZQJ34','pending',3,1795950770748,NULL,1795950748121);
INSERT INTO "deliveries" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA','evt_01M8KG38G0SXE22BQXV9KN7WMJ','delivered',1,1795950748208,NULL,1795950748160);
INSERT INTO "deliveries" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC','evt_01M8KG38G0SXE22BQXV9KN7WMJ','pending',3,1795950771880,NULL,1795950748160);
INSERT INTO "deliveries" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA','evt_01M8KG38MR90XXNREBKTY9X1TB','delivered',1,1795950748325,NULL,1795950748312);
INSERT INTO "deliveries" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC','evt_01M8KG38MR90XXNREBKTY9X1TB','pending',3,1795950771001,NULL,1795950748312);
INSERT INTO "deliveries" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA','evt_01M8KG3ES97J05T6736WSABYE5','delivered',1,1795950754629,NULL,1795950754601);
INSERT INTO "deliveries" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC','evt_01M8KG3ES97J05T6736WSABYE5','pending',1,1795950755669,NULL,1795950754601);
INSERT INTO "deliveries" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA','evt_01M8KG3EST2HHP1S3FG6J3TBXM','delivered',1,1795950754629,NULL,1795950754618);
INSERT INTO "deliveries" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC','evt_01M8KG3EST2HHP1S3FG6J3TBXM','pending',1,1795950755786,NULL,1795950754618);
INSERT INTO "deliveries" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA','evt_01M8KG3EYGGBM704Z5GBWKTTDB','delivered',1,1795950754816,NULL,1795950754768);
INSERT INTO "deliveries" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC','evt_01M8KG3EYGGBM704Z5GBWKTTDB','pending',1,1795950756013,NULL,1795950754768);
CREATE TABLE delivery_attempts (
    endpoint_id     TEXT   NOT NULL,
    at              BIGINT NOT NULL,
    request_id      TEXT   NOT NULL,
    event_id        TEXT   NOT NULL,
    number          BIGINT NOT NULL,
    duration_ms     BIGINT NOT NULL,
    -- NULL where there was no answer; error then says why.
    status_code     BIGINT,
    error           TEXT,
    -- The first bytes of the answer, in the receiver's words. Erasure takes them away.
    answer          TEXT,
    next_attempt_at BIGINT,
    CONSTRAINT delivery_attempts_pk PRIMARY KEY (endpoint_id, at, request_id),
    CONSTRAINT delivery_attempts_endpoint_fk FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints (id) ON DELETE CASCADE
);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950747381,'req_01M8KG37QNJ3QPJA1DYYJ5R02H','evt_01M8KG37QBSGGGDXDHSJZWKXAD',1,1,500,NULL,NULL,1795950748398);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA',1795950747381,'req_01M8KG37QNX7C7FA1VJ379B947','evt_01M8KG37QBSGGGDXDHSJZWKXAD',1,2,204,NULL,NULL,NULL);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA',1795950747390,'req_01M8KG37QY81K918NDRHP6KNBA','evt_01M8KG37QPK2TJWA46XHVYXN7Q',1,3,204,NULL,NULL,NULL);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950747391,'req_01M8KG37QZ1C42ATHDCTV4ZAK7','evt_01M8KG37QPK2TJWA46XHVYXN7Q',1,3,500,NULL,NULL,1795950748544);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950747494,'req_01M8KG37V6PTZ5V4NGBG1BMNTN','evt_01M8KG37V3EZ95925JRKGFZKG8',1,2,500,NULL,NULL,1795950748650);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA',1795950747494,'req_01M8KG37V6D0M5BHRMAHZNKMZB','evt_01M8KG37V3EZ95925JRKGFZKG8',1,3,204,NULL,NULL,NULL);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA',1795950747662,'req_01M8KG380E98Z6QYJYWVDN5WC7','evt_01M8KG3808BQFRWZ6903MHEZYW',1,2,204,NULL,NULL,NULL);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950747662,'req_01M8KG380EBSARDVDZ9Q8QCTNM','evt_01M8KG3808BQFRWZ6903MHEZYW',1,2,500,NULL,NULL,1795950748772);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA',1795950747674,'req_01M8KG380TZTTRWYKTXC1RMP4P','evt_01M8KG380Q7W1FWYE90TZ0Z3MA',1,1,204,NULL,NULL,NULL);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950747673,'req_01M8KG380SVY838JG04DEW68XD','evt_01M8KG380Q7W1FWYE90TZ0Z3MA',1,2,500,NULL,NULL,1795950748770);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA',1795950748152,'req_01M8KG38FRNV7YCCC3S1A8XD9H','evt_01M8KG38ES5H62BDG4A6MZQJ34',1,8,204,NULL,NULL,NULL);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950748149,'req_01M8KG38FNESNRZQGQ29R3R3DJ','evt_01M8KG38ES5H62BDG4A6MZQJ34',1,12,500,NULL,NULL,1795950749258);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA',1795950748208,'req_01M8KG38HGYR0QYGPS9BK4RXB6','evt_01M8KG38G0SXE22BQXV9KN7WMJ',1,4,204,NULL,NULL,NULL);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950748212,'req_01M8KG38HMK5J61EE227DWE4Z1','evt_01M8KG38G0SXE22BQXV9KN7WMJ',1,1,500,NULL,NULL,1795950749370);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950748325,'req_01M8KG38N55ZVCXWF76QRRQP7E','evt_01M8KG38MR90XXNREBKTY9X1TB',1,2,500,NULL,NULL,1795950749490);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA',1795950748325,'req_01M8KG38N58FTB5RNRYAQCF7HX','evt_01M8KG38MR90XXNREBKTY9X1TB',1,2,204,NULL,NULL,NULL);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950748401,'req_01M8KG38QH8FTJXPWSN5EGEMC3','evt_01M8KG37QBSGGGDXDHSJZWKXAD',2,1,500,NULL,NULL,1795950752684);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950748547,'req_01M8KG38W3DXDWAKWKGBSB6DWA','evt_01M8KG37QPK2TJWA46XHVYXN7Q',2,1,500,NULL,NULL,1795950752736);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950748653,'req_01M8KG38ZDWBJ55K198DMN0Z99','evt_01M8KG37V3EZ95925JRKGFZKG8',2,2,500,NULL,NULL,1795950752950);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950748782,'req_01M8KG393E1R6VK8057DB909JR','evt_01M8KG380Q7W1FWYE90TZ0Z3MA',2,1,500,NULL,NULL,1795950752870);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950748796,'req_01M8KG393WDF0AMSH7VXPRSN6S','evt_01M8KG3808BQFRWZ6903MHEZYW',2,7,500,NULL,NULL,1795950753211);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950749264,'req_01M8KG39JGY1ZXZ01ZBFB98JRV','evt_01M8KG38ES5H62BDG4A6MZQJ34',2,1,500,NULL,NULL,1795950753737);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950749373,'req_01M8KG39NXVX2A4XTX89ZPG1Y5','evt_01M8KG38G0SXE22BQXV9KN7WMJ',2,2,500,NULL,NULL,1795950754096);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950749504,'req_01M8KG39T0GSDFMSB2FRJQJ3TH','evt_01M8KG38MR90XXNREBKTY9X1TB',2,5,500,NULL,NULL,1795950753706);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950752688,'req_01M8KG3CXG9YW4XZTES48JP4VG','evt_01M8KG37QBSGGGDXDHSJZWKXAD',3,1,500,NULL,NULL,1795950770607);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950752738,'req_01M8KG3CZ2R5W7RV7X11YX53AJ','evt_01M8KG37QPK2TJWA46XHVYXN7Q',3,2,500,NULL,NULL,1795950771388);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950752872,'req_01M8KG3D38GA602BX6FAK4PTY5','evt_01M8KG380Q7W1FWYE90TZ0Z3MA',3,8,500,NULL,NULL,1795950770430);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950752958,'req_01M8KG3D5Y2VNXJ1RN8VBF3FRH','evt_01M8KG37V3EZ95925JRKGFZKG8',3,3,500,NULL,NULL,1795950769163);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950753214,'req_01M8KG3DDY47KWM44W6QS22WHY','evt_01M8KG3808BQFRWZ6903MHEZYW',3,11,500,NULL,NULL,1795950770111);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950754211,'req_01M8KG3ED34K32PG08S9P53ZDX','evt_01M8KG38MR90XXNREBKTY9X1TB',3,6,500,NULL,NULL,1795950771001);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950754263,'req_01M8KG3EERB2BMAG1J7X2R931V','evt_01M8KG38ES5H62BDG4A6MZQJ34',3,2,500,NULL,NULL,1795950770748);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950754293,'req_01M8KG3EFNRB6JZ2ZJ2KJ849V1','evt_01M8KG38G0SXE22BQXV9KN7WMJ',3,2,500,NULL,NULL,1795950771880);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA',1795950754629,'req_01M8KG3ET5NH6TY3277N3YSYJV','evt_01M8KG3EST2HHP1S3FG6J3TBXM',1,2,204,NULL,NULL,NULL);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA',1795950754629,'req_01M8KG3ET5JS15PTAB8R7CM784','evt_01M8KG3ES97J05T6736WSABYE5',1,2,204,NULL,NULL,NULL);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950754629,'req_01M8KG3ET5S7APGKPFHCM0E60P','evt_01M8KG3ES97J05T6736WSABYE5',1,3,500,NULL,NULL,1795950755669);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950754656,'req_01M8KG3EV0J0WXEP0RD1W3R690','evt_01M8KG3EST2HHP1S3FG6J3TBXM',1,1,500,NULL,NULL,1795950755786);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC',1795950754816,'req_01M8KG3F00Q1F0B8MG0496HT6W','evt_01M8KG3EYGGBM704Z5GBWKTTDB',1,5,500,NULL,NULL,1795950756013);
INSERT INTO "delivery_attempts" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA',1795950754816,'req_01M8KG3F002YZS321FGARFQY99','evt_01M8KG3EYGGBM704Z5GBWKTTDB',1,6,204,NULL,NULL,NULL);
CREATE TABLE events (
    id          TEXT   NOT NULL,
    tenant_id   TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    type        TEXT   NOT NULL,
    subject_id  TEXT   NOT NULL,
    data        TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    CONSTRAINT events_pk PRIMARY KEY (id),
    -- Each transition happens once, so each tells of itself once.
    CONSTRAINT events_subject_unique UNIQUE (subject_id, type)
);
INSERT INTO "events" VALUES('evt_01M8KG37QBSGGGDXDHSJZWKXAD','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','batch.created','bat_01M8KG37Q90N1QWHEZHD82WQ75','{"batch_id":"bat_01M8KG37Q90N1QWHEZHD82WQ75","credentials_count":6,"environment":"test"}',1795950747371);
INSERT INTO "events" VALUES('evt_01M8KG37QPK2TJWA46XHVYXN7Q','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','batch.signed','bat_01M8KG37Q90N1QWHEZHD82WQ75','{"batch_id":"bat_01M8KG37Q90N1QWHEZHD82WQ75","merkle_root":"0xf93c31416cbd3b2123075c63c4f8a447ad739cf350c14b6084d1f5f963c697a7","signed_at":"2026-11-29T11:12:27.382Z"}',1795950747382);
INSERT INTO "events" VALUES('evt_01M8KG37V3EZ95925JRKGFZKG8','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','batch.anchored','bat_01M8KG37Q90N1QWHEZHD82WQ75','{"batch_id":"bat_01M8KG37Q90N1QWHEZHD82WQ75","merkle_root":"0xf93c31416cbd3b2123075c63c4f8a447ad739cf350c14b6084d1f5f963c697a7","anchor_transaction":{"chain":"base-sepolia","hash":"0xee2bca1fa8699ccd069b9ad48df45b2f236fa44b57ff356b2816c6112e3d5a14","block_number":1,"explorer_url":"https://learncoin.example/dev/chain/tx/0xee2bca1fa8699ccd069b9ad48df45b2f236fa44b57ff356b2816c6112e3d5a14"},"anchored_at":"2026-11-29T11:12:27.491Z","credentials":[{"id":"crd_01M8KG37Q9CJWB59T9X58V8A7F","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000001","verify_url":"https://learncoin.example/c/crd_01M8KG37Q9CJWB59T9X58V8A7F"},{"id":"crd_01M8KG37Q9C244RSPC6HF4HYNK","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000002","verify_url":"https://learncoin.example/c/crd_01M8KG37Q9C244RSPC6HF4HYNK"},{"id":"crd_01M8KG37Q9M2RAENY4GK8W54H6","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000003","verify_url":"https://learncoin.example/c/crd_01M8KG37Q9M2RAENY4GK8W54H6"},{"id":"crd_01M8KG37Q9KDBZ24WVMRVFTTG7","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000004","verify_url":"https://learncoin.example/c/crd_01M8KG37Q9KDBZ24WVMRVFTTG7"},{"id":"crd_01M8KG37Q994SCVC52NG3PHV1R","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000005","verify_url":"https://learncoin.example/c/crd_01M8KG37Q994SCVC52NG3PHV1R"},{"id":"crd_01M8KG37Q9CJDWGD9M89J337E9","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000006","verify_url":"https://learncoin.example/c/crd_01M8KG37Q9CJDWGD9M89J337E9"}]}',1795950747491);
INSERT INTO "events" VALUES('evt_01M8KG3808BQFRWZ6903MHEZYW','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','credential.revoked','crd_01M8KG37Q9KDBZ24WVMRVFTTG7','{"credential_id":"crd_01M8KG37Q9KDBZ24WVMRVFTTG7","batch_id":"bat_01M8KG37Q90N1QWHEZHD82WQ75","revoked_at":"2026-11-29T11:12:27.656Z","reason_code":"issuer_error"}',1795950747656);
INSERT INTO "events" VALUES('evt_01M8KG380Q7W1FWYE90TZ0Z3MA','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','credential.erased','crd_01M8KG37Q994SCVC52NG3PHV1R','{"credential_id":"crd_01M8KG37Q994SCVC52NG3PHV1R","erased_at":"2026-11-29T11:12:27.671Z","verification_status_after_erasure":"verifiable"}',1795950747671);
INSERT INTO "events" VALUES('evt_01M8KG381WTN01Z1S4D9TVS3ED','tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','batch.created','bat_01M8KG381V4K7J44G7THSS4WV5','{"batch_id":"bat_01M8KG381V4K7J44G7THSS4WV5","credentials_count":2,"environment":"test"}',1795950747708);
INSERT INTO "events" VALUES('evt_01M8KG3820GW8YVF7CSXZYVFQR','tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','batch.signed','bat_01M8KG381V4K7J44G7THSS4WV5','{"batch_id":"bat_01M8KG381V4K7J44G7THSS4WV5","merkle_root":"0xbc02610c4b25d60a7d951d259f5528d499a0ec0c0707921f65cf61bf616ccd16","signed_at":"2026-11-29T11:12:27.711Z"}',1795950747712);
INSERT INTO "events" VALUES('evt_01M8KG385G5VM4H5GN1DVT44M9','tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','batch.anchored','bat_01M8KG381V4K7J44G7THSS4WV5','{"batch_id":"bat_01M8KG381V4K7J44G7THSS4WV5","merkle_root":"0xbc02610c4b25d60a7d951d259f5528d499a0ec0c0707921f65cf61bf616ccd16","anchor_transaction":{"chain":"base-sepolia","hash":"0xd7a0dca2e2dbbe63c921e3d37cadcb93e48aafc8209e17184147542e7768d787","block_number":2,"explorer_url":"https://learncoin.example/dev/chain/tx/0xd7a0dca2e2dbbe63c921e3d37cadcb93e48aafc8209e17184147542e7768d787"},"anchored_at":"2026-11-29T11:12:27.824Z","credentials":[{"id":"crd_01M8KG381V745T8JR4Y26KW143","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000007","verify_url":"https://learncoin.example/c/crd_01M8KG381V745T8JR4Y26KW143"},{"id":"crd_01M8KG381VGA1FQM10W5ZX5KXP","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000008","verify_url":"https://learncoin.example/c/crd_01M8KG381VGA1FQM10W5ZX5KXP"}]}',1795950747824);
INSERT INTO "events" VALUES('evt_01M8KG38700DBJV5WEZ87PTBSV','tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','batch.created','bat_01M8KG38705Z1PF8FEGNWES4ER','{"batch_id":"bat_01M8KG38705Z1PF8FEGNWES4ER","credentials_count":1,"environment":"test"}',1795950747872);
INSERT INTO "events" VALUES('evt_01M8KG387J7A37G3E7FZ5JE925','tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','batch.signed','bat_01M8KG38705Z1PF8FEGNWES4ER','{"batch_id":"bat_01M8KG38705Z1PF8FEGNWES4ER","merkle_root":"0x81b5d139090d20045b08631b6d321e05d491192d9c27ab6423d0b5969c573321","signed_at":"2026-11-29T11:12:27.890Z"}',1795950747890);
INSERT INTO "events" VALUES('evt_01M8KG38BA7RVGRCN9N5HDG10S','tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','batch.anchored','bat_01M8KG38705Z1PF8FEGNWES4ER','{"batch_id":"bat_01M8KG38705Z1PF8FEGNWES4ER","merkle_root":"0x81b5d139090d20045b08631b6d321e05d491192d9c27ab6423d0b5969c573321","anchor_transaction":{"chain":"base-sepolia","hash":"0xcb48560fb5c8fa85ec93546a65872736c1a9b3d2a9c0d03b268ae2e927a8fd04","block_number":3,"explorer_url":"https://learncoin.example/dev/chain/tx/0xcb48560fb5c8fa85ec93546a65872736c1a9b3d2a9c0d03b268ae2e927a8fd04"},"anchored_at":"2026-11-29T11:12:28.009Z","credentials":[{"id":"crd_01M8KG386XG32TC3VGE8C3VT1F","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000009","verify_url":"https://learncoin.example/c/crd_01M8KG386XG32TC3VGE8C3VT1F"}]}',1795950748010);
INSERT INTO "events" VALUES('evt_01M8KG38ES5H62BDG4A6MZQJ34','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','batch.created','bat_01M8KG38ES43JCG706DMDZ8PF2','{"batch_id":"bat_01M8KG38ES43JCG706DMDZ8PF2","credentials_count":2,"environment":"test"}',1795950748121);
INSERT INTO "events" VALUES('evt_01M8KG38G0SXE22BQXV9KN7WMJ','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','batch.signed','bat_01M8KG38ES43JCG706DMDZ8PF2','{"batch_id":"bat_01M8KG38ES43JCG706DMDZ8PF2","merkle_root":"0xd3979defa273f94f2ce189ba674f2e5f523fe21cf1ffb27b8662eb1880098a7b","signed_at":"2026-11-29T11:12:28.160Z"}',1795950748160);
INSERT INTO "events" VALUES('evt_01M8KG38MR90XXNREBKTY9X1TB','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','batch.anchored','bat_01M8KG38ES43JCG706DMDZ8PF2','{"batch_id":"bat_01M8KG38ES43JCG706DMDZ8PF2","merkle_root":"0xd3979defa273f94f2ce189ba674f2e5f523fe21cf1ffb27b8662eb1880098a7b","anchor_transaction":{"chain":"base-sepolia","hash":"0x2354b11e94948b58638014caf40e6c9ab09bfa683865c41553f4f093da3b7fdf","block_number":4,"explorer_url":"https://learncoin.example/dev/chain/tx/0x2354b11e94948b58638014caf40e6c9ab09bfa683865c41553f4f093da3b7fdf"},"anchored_at":"2026-11-29T11:12:28.312Z","credentials":[{"id":"crd_01M8KG38ER5Q5GW98GWJ8J9YYZ","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000010","verify_url":"https://learncoin.example/c/crd_01M8KG38ER5Q5GW98GWJ8J9YYZ"},{"id":"crd_01M8KG38ERTHV6Y84XQR4TPBEZ","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000011","verify_url":"https://learncoin.example/c/crd_01M8KG38ERTHV6Y84XQR4TPBEZ"}]}',1795950748312);
INSERT INTO "events" VALUES('evt_01M8KG3EEVFAQCS7280M1W4DS5','tnt_01M8KG37MRTS6SY83GXM5CH2NM','test','batch.created','bat_01M8KG3EEVBD36X8734AEHVH4W','{"batch_id":"bat_01M8KG3EEVBD36X8734AEHVH4W","credentials_count":1,"environment":"test"}',1795950754267);
INSERT INTO "events" VALUES('evt_01M8KG3EFWPB1CNN9HAJPA5TV5','tnt_01M8KG37MRTS6SY83GXM5CH2NM','test','batch.signed','bat_01M8KG3EEVBD36X8734AEHVH4W','{"batch_id":"bat_01M8KG3EEVBD36X8734AEHVH4W","merkle_root":"0x072af0ceed83071fc588dc4176a706c73a1d8ccc5f07f21a6798732713e35ca0","signed_at":"2026-11-29T11:12:34.299Z"}',1795950754300);
INSERT INTO "events" VALUES('evt_01M8KG3EKRX5PXJ7C2NDWFHD0H','tnt_01M8KG37MRTS6SY83GXM5CH2NM','test','batch.anchored','bat_01M8KG3EEVBD36X8734AEHVH4W','{"batch_id":"bat_01M8KG3EEVBD36X8734AEHVH4W","merkle_root":"0x072af0ceed83071fc588dc4176a706c73a1d8ccc5f07f21a6798732713e35ca0","anchor_transaction":{"chain":"base-sepolia","hash":"0x84383b0e55099273daf371d31a1abd366e43f3c3ba56fa3f82bdca2ef317cfc3","block_number":6,"explorer_url":"https://learncoin.example/dev/chain/tx/0x84383b0e55099273daf371d31a1abd366e43f3c3ba56fa3f82bdca2ef317cfc3"},"anchored_at":"2026-11-29T11:12:34.424Z","credentials":[{"id":"crd_01M8KG3EETB7ADC613TD10FETR","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000013","verify_url":"https://learncoin.example/c/crd_01M8KG3EETB7ADC613TD10FETR"}]}',1795950754424);
INSERT INTO "events" VALUES('evt_01M8KG3ES97J05T6736WSABYE5','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','batch.created','bat_01M8KG3ES8JEZ8ZNJ0VKEES16B','{"batch_id":"bat_01M8KG3ES8JEZ8ZNJ0VKEES16B","credentials_count":1,"environment":"test"}',1795950754601);
INSERT INTO "events" VALUES('evt_01M8KG3EST2HHP1S3FG6J3TBXM','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','batch.signed','bat_01M8KG3ES8JEZ8ZNJ0VKEES16B','{"batch_id":"bat_01M8KG3ES8JEZ8ZNJ0VKEES16B","merkle_root":"0x6742664480430f6a05f78dd87831509533b3780ca1af7c2afaa32f0ad0aef268","signed_at":"2026-11-29T11:12:34.617Z"}',1795950754618);
INSERT INTO "events" VALUES('evt_01M8KG3EYGGBM704Z5GBWKTTDB','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','batch.anchored','bat_01M8KG3ES8JEZ8ZNJ0VKEES16B','{"batch_id":"bat_01M8KG3ES8JEZ8ZNJ0VKEES16B","merkle_root":"0x6742664480430f6a05f78dd87831509533b3780ca1af7c2afaa32f0ad0aef268","anchor_transaction":{"chain":"base-sepolia","hash":"0xe75b00d4ba11fbc21c46de2a3f75b9fc224deced4c483c2e7138ab0e90f12d71","block_number":7,"explorer_url":"https://learncoin.example/dev/chain/tx/0xe75b00d4ba11fbc21c46de2a3f75b9fc224deced4c483c2e7138ab0e90f12d71"},"anchored_at":"2026-11-29T11:12:34.768Z","credentials":[{"id":"crd_01M8KG3ES8WEN5E902GM3CGFH2","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000014","verify_url":"https://learncoin.example/c/crd_01M8KG3ES8WEN5E902GM3CGFH2"}]}',1795950754768);
INSERT INTO "events" VALUES('evt_01M8KG3F2JX13RKR74QE44ECJE','tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','batch.created','bat_01M8KG3F2HV5HZ9VDG5VDDKKTS','{"batch_id":"bat_01M8KG3F2HV5HZ9VDG5VDDKKTS","credentials_count":1,"environment":"test"}',1795950754898);
INSERT INTO "events" VALUES('evt_01M8KG3F3007QGATETZ1CHC6FD','tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','batch.signed','bat_01M8KG3F2HV5HZ9VDG5VDDKKTS','{"batch_id":"bat_01M8KG3F2HV5HZ9VDG5VDDKKTS","merkle_root":"0x20421fca62e6d016306ab90008c6d00dd5333edc8437932d01c54496784940ef","signed_at":"2026-11-29T11:12:34.912Z"}',1795950754912);
INSERT INTO "events" VALUES('evt_01M8KG3F6JCJ7VH4Z9HAKNFQBW','tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','batch.anchored','bat_01M8KG3F2HV5HZ9VDG5VDDKKTS','{"batch_id":"bat_01M8KG3F2HV5HZ9VDG5VDDKKTS","merkle_root":"0x20421fca62e6d016306ab90008c6d00dd5333edc8437932d01c54496784940ef","anchor_transaction":{"chain":"base-sepolia","hash":"0xd1733042ddf25d0d7df42a053004e7d013c0005973d0fd4780d8af3079b240a5","block_number":8,"explorer_url":"https://learncoin.example/dev/chain/tx/0xd1733042ddf25d0d7df42a053004e7d013c0005973d0fd4780d8af3079b240a5"},"anchored_at":"2026-11-29T11:12:35.026Z","credentials":[{"id":"crd_01M8KG3F2HQKGZ2A093D75ZAZY","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000015","verify_url":"https://learncoin.example/c/crd_01M8KG3F2HQKGZ2A093D75ZAZY"}]}',1795950755026);
CREATE TABLE host_attempts (
    hash       TEXT   NOT NULL,
    chain_id   BIGINT NOT NULL,
    nonce      BIGINT NOT NULL,
    raw        TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at    BIGINT,
    CONSTRAINT host_attempts_pk PRIMARY KEY (hash),
    CONSTRAINT host_attempts_transaction FOREIGN KEY (chain_id, nonce) REFERENCES host_transactions (chain_id, nonce)
);
CREATE TABLE host_keys (
    chain_id      BIGINT NOT NULL,
    address       TEXT   NOT NULL,
    public_key_x  TEXT   NOT NULL,
    public_key_y  TEXT   NOT NULL,
    secret_sealed TEXT   NOT NULL,
    kms_version   TEXT,
    next_nonce    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL, leased_until BIGINT,
    CONSTRAINT host_keys_pk PRIMARY KEY (chain_id),
    CONSTRAINT host_keys_address_unique UNIQUE (address)
);
INSERT INTO "host_keys" VALUES(31337,'0x1b79419CBf7293c8b5837ECE96a3AFE2542F33D0','efccc45741ef9aeddad7551d30e9f0d3ed15fcb2e7ea00bdab36f2d9c777309c','c44cc522e5f0c968991566e53ca2249977a5b4b593d913c5101bf076e555de13','1.KOpnfAvGKLIOwdCpcVz8YoUsodW17CXEQ5CqG855BdGFIBNcs9RNrtHw2IZ1el4kSuYIWC0K6PA3xXHSA305uunt01mpxgU8',NULL,0,1795950746909,NULL);
CREATE TABLE host_transactions (
    chain_id           BIGINT NOT NULL,
    nonce              BIGINT NOT NULL,
    kind               TEXT   NOT NULL,
    -- open: signed, and not deep enough yet. confirmed: deep enough, and watched. final: no block of it can be replaced.
    -- lost: its nonce was used by something else.
    status             TEXT   NOT NULL,
    statement_sequence BIGINT,
    statement_hash     TEXT,
    receiver           TEXT,
    amount_gwei        BIGINT,
    created_at         BIGINT NOT NULL,
    -- The attempt that is in the chain, and where.
    transaction_hash   TEXT,
    block_number       BIGINT,
    block_hash         TEXT,
    block_time         BIGINT,
    CONSTRAINT host_transactions_pk PRIMARY KEY (chain_id, nonce),
    CONSTRAINT host_transactions_status_known CHECK (status IN ('open', 'confirmed', 'final', 'lost')),
    CONSTRAINT host_transactions_say_one_thing CHECK (
        (kind = 'statement' AND statement_sequence IS NOT NULL AND statement_hash IS NOT NULL AND receiver IS NULL AND amount_gwei IS NULL)
        OR (kind = 'top_up' AND statement_sequence IS NULL AND statement_hash IS NULL AND receiver IS NOT NULL AND amount_gwei IS NOT NULL)),
    CONSTRAINT host_transactions_stand CHECK (
        (status IN ('confirmed', 'final')) = (transaction_hash IS NOT NULL AND block_number IS NOT NULL AND block_hash IS NOT NULL AND block_time IS NOT NULL))
);
CREATE TABLE idempotency_keys (
    tenant_id   TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    -- Keyed hashes: neither the key nor the body it stands for can be read back or guessed.
    key_mac     TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    status      BIGINT NOT NULL,
    body        TEXT   NOT NULL,
    created_at  BIGINT NOT NULL, subject_id TEXT,
    CONSTRAINT idempotency_keys_pk PRIMARY KEY (tenant_id, environment, key_mac)
);
INSERT INTO "idempotency_keys" VALUES('tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','9f217dd55ebcd3146a5b6a1f3745f33d4ece9b7c426db1348c0be3c367f9bf63','35a2eb7de0c261bdc46eb04b53fbde7b41f8d3fe2d0069576341481e7e63ec56',202,'={"id":"bat_01M8KG37Q90N1QWHEZHD82WQ75","status":"pending","credentials_count":6,"created_at":"2026-11-29T11:12:27.369Z","environment":"test"}',1795950747369,NULL);
INSERT INTO "idempotency_keys" VALUES('tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','88a89b719b1fbf658ede1351d9b3a41b38bc8b3ac693fbd1f50319b732cbf45d','63e3f91db8e827bb272b22b5c7eab8b176b811f863703e9f7f6051a48733f857',202,'={"id":"bat_01M8KG381V4K7J44G7THSS4WV5","status":"pending","credentials_count":2,"created_at":"2026-11-29T11:12:27.707Z","environment":"test"}',1795950747707,NULL);
INSERT INTO "idempotency_keys" VALUES('tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','3d6e0c4966d21c7097fcb408ce711f280ab95c92efdf580baf88f353d4f521cd','10241513d12d38d816158610671224245366d3d4728ff530427908cd0597ecbc',202,'={"id":"bat_01M8KG38705Z1PF8FEGNWES4ER","status":"pending","credentials_count":1,"created_at":"2026-11-29T11:12:27.869Z","environment":"test"}',1795950747869,NULL);
INSERT INTO "idempotency_keys" VALUES('tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','89e7ecd8a89eba81d7f06c3aa2ddc3eb299c921f5994f7ddaf4cce4d185b81da','33033368b3921b2c65a9ad6e1db4c00bd5a35d76960fc05c6eaa10a45da227e0',202,'={"id":"bat_01M8KG38ES43JCG706DMDZ8PF2","status":"pending","credentials_count":2,"created_at":"2026-11-29T11:12:28.120Z","environment":"test"}',1795950748120,NULL);
INSERT INTO "idempotency_keys" VALUES('tnt_01M8KG37MRTS6SY83GXM5CH2NM','test','8e6f5d4c321d0344d5fd34925944742d10f97749b67cf6d86dece39798fbb83d','106f9d1b45b6e65df4ecfa1b65449d355efc216b03bac2a2647037d45a579eab',202,'={"id":"bat_01M8KG3EEVBD36X8734AEHVH4W","status":"pending","credentials_count":1,"created_at":"2026-11-29T11:12:34.267Z","environment":"test"}',1795950754267,NULL);
INSERT INTO "idempotency_keys" VALUES('tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','5e6916877e67d27c4d7de02b790ebf05a3cee85b449c8f1e1cf836afd2854948','2313caee34ee39c4a00d1c97dc4e0107760fb00c8d1d4538ff55dd60fe8c6005',202,'={"id":"bat_01M8KG3ES8JEZ8ZNJ0VKEES16B","status":"pending","credentials_count":1,"created_at":"2026-11-29T11:12:34.600Z","environment":"test"}',1795950754600,NULL);
INSERT INTO "idempotency_keys" VALUES('tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','d85d5ad73b256d63a828d3a4f7584c0888717322300b20144aaffe6e8d7d3bc1','1ad5095fc9592707ee590b920f655bfc0e5da84f9e4d8a488d9b4c70bb41294a',202,'={"id":"bat_01M8KG3F2HV5HZ9VDG5VDDKKTS","status":"pending","credentials_count":1,"created_at":"2026-11-29T11:12:34.897Z","environment":"test"}',1795950754897,NULL);
CREATE TABLE key_balances (
    chain_id     BIGINT NOT NULL,
    address      TEXT   NOT NULL,
    balance_gwei BIGINT NOT NULL,
    funds        TEXT   NOT NULL,
    seen_at      BIGINT NOT NULL,
    CONSTRAINT key_balances_pk PRIMARY KEY (chain_id, address),
    CONSTRAINT key_balances_funds_known CHECK (funds IN ('enough', 'low', 'none'))
);
CREATE TABLE key_statement_head (
    name     TEXT   NOT NULL,
    sequence BIGINT NOT NULL,
    hash     TEXT   NOT NULL,
    CONSTRAINT key_statement_head_pk PRIMARY KEY (name)
);
INSERT INTO "key_statement_head" VALUES('head',7,'d605e279d6e029776b556d49139915e955d31f1c55b1ab26e27ca423c9501b8c');
CREATE TABLE key_statements (
    sequence      BIGINT NOT NULL,
    -- NULL for a key of the host.
    tenant_id     TEXT,
    number        BIGINT NOT NULL,
    kind          TEXT   NOT NULL,
    key_id        TEXT   NOT NULL,
    chain_id      BIGINT NOT NULL,
    address       TEXT   NOT NULL,
    public_key    TEXT   NOT NULL,
    valid_from    BIGINT NOT NULL,
    valid_to      BIGINT,
    revoked_from  BIGINT,
    stated_at     BIGINT NOT NULL,
    previous_hash TEXT   NOT NULL,
    hash          TEXT   NOT NULL,
    CONSTRAINT key_statements_pk PRIMARY KEY (sequence),
    CONSTRAINT key_statements_hash_unique UNIQUE (hash),
    CONSTRAINT key_statements_kind_known CHECK (kind IN ('created', 'retired', 'revoked'))
);
INSERT INTO "key_statements" VALUES(1,NULL,31337,'created','did:web:learncoin.example#host-key-31337',31337,'0x1b79419CBf7293c8b5837ECE96a3AFE2542F33D0','efccc45741ef9aeddad7551d30e9f0d3ed15fcb2e7ea00bdab36f2d9c777309cc44cc522e5f0c968991566e53ca2249977a5b4b593d913c5101bf076e555de13',1795950446909,NULL,NULL,1795950746916,'0000000000000000000000000000000000000000000000000000000000000000','6324a2a2876668d4f53791097f6ec19cabeeadf30d0bfef5d89dd5ed8700676d');
INSERT INTO "key_statements" VALUES(2,'tnt_01M8KG37BC5BNSMNWTA9MRPVY8',1,'created','did:web:learncoin.example#tenant-01M8KG37BC5BNSMNWTA9MRPVY8-key-1',31337,'0xFC26b28BD7cfdc8D2732DDf7a5654f5b3154e564','d96363ec20c95c2a60c098362df89e3b5c6dbf4211bfa163c5b479c3259fa3778942a5d0c8ab76612c14e5353802f459a225b48b32d2e09e971c8fde9d53441c',1795950447070,NULL,NULL,1795950747070,'6324a2a2876668d4f53791097f6ec19cabeeadf30d0bfef5d89dd5ed8700676d','c05db80c4e8215f1856255c1063fb6d63b899be4ce71a3a0e64f19bedbb45ae8');
INSERT INTO "key_statements" VALUES(3,'tnt_01M8KG37FBFPWRGS6JF3921XZ5',1,'created','did:web:learncoin.example#tenant-01M8KG37FBFPWRGS6JF3921XZ5-key-1',31337,'0xB6fB9657535ef8DE5D9bA18cD58b49D25ef7b643','eed900d98f8c3ff4fd5286272ea71d7a06caf01f3fc150f8a598084168a1e7ab2a77180145fa3e3c12226e7d42bb99ffc92d32e50e433c821a0d9c93320d5bf5',1795950447235,NULL,NULL,1795950747235,'c05db80c4e8215f1856255c1063fb6d63b899be4ce71a3a0e64f19bedbb45ae8','63ea2a5e97addecff9535f15e9ee935107d1bf52c32883797fc2dde33adec6b7');
INSERT INTO "key_statements" VALUES(4,'tnt_01M8KG37MRTS6SY83GXM5CH2NM',1,'created','did:web:learncoin.example#tenant-01M8KG37MRTS6SY83GXM5CH2NM-key-1',31337,'0x366f9fAF3990e692647Eddc9b8e34E0A5221967E','92e381968868b3f0fb1f1df3f0da20c550ee0a2535bd84623062f06105a8c5163dee4135e424f9e334b40f04e6919ce41f2c7bc95f958610bb8fad8e691b759b',1795950447337,NULL,NULL,1795950747337,'63ea2a5e97addecff9535f15e9ee935107d1bf52c32883797fc2dde33adec6b7','6d07a3ca29c490c3d6ebcc3f454d104e4ceb2a4ac9501582cf873516fe1e7dd8');
INSERT INTO "key_statements" VALUES(5,'tnt_01M8KG37BC5BNSMNWTA9MRPVY8',2,'created','did:web:learncoin.example#tenant-01M8KG37BC5BNSMNWTA9MRPVY8-key-2',31337,'0x751258D48121A6Ac06875997CbD06d087c75145a','7fda6dd4428f17315c7bf61486ce97b422c7b7afd31f832a2233d34bff257402d008cad30c0bd16ad045dccc44ba6334aa45932cb86802976400ed485a32703f',1795950448096,NULL,NULL,1795950748096,'6d07a3ca29c490c3d6ebcc3f454d104e4ceb2a4ac9501582cf873516fe1e7dd8','1f7c163598310e0a2590c9c768e83bf4dd1e7558850cacaa7c282d98f3b26360');
INSERT INTO "key_statements" VALUES(6,'tnt_01M8KG37MRTS6SY83GXM5CH2NM',2,'created','did:web:learncoin.example#tenant-01M8KG37MRTS6SY83GXM5CH2NM-key-2',31337,'0x18F400d19916DF4628cd6a1690f103cf1C7F4186','90442020bbbac405fcdcb457753a82a83a36f250c6d39b1459b90b21bff019cbd04403db6fc7ba986aa9593e24ce8fbf298665eb4c4c552e9e3f1bfe84c9d4ff',1795950454946,NULL,NULL,1795950754946,'1f7c163598310e0a2590c9c768e83bf4dd1e7558850cacaa7c282d98f3b26360','7aaab976f63476d68947aa931be4d2fd103fb0af56e628c15c6949cf01e0e14b');
INSERT INTO "key_statements" VALUES(7,'tnt_01M8KG37MRTS6SY83GXM5CH2NM',1,'revoked','did:web:learncoin.example#tenant-01M8KG37MRTS6SY83GXM5CH2NM-key-1',31337,'0x366f9fAF3990e692647Eddc9b8e34E0A5221967E','92e381968868b3f0fb1f1df3f0da20c550ee0a2535bd84623062f06105a8c5163dee4135e424f9e334b40f04e6919ce41f2c7bc95f958610bb8fad8e691b759b',1795950447337,NULL,1577836800000,1795950755360,'7aaab976f63476d68947aa931be4d2fd103fb0af56e628c15c6949cf01e0e14b','d605e279d6e029776b556d49139915e955d31f1c55b1ab26e27ca423c9501b8c');
CREATE TABLE logos (
    hash       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content    TEXT NOT NULL,
    CONSTRAINT logos_pk PRIMARY KEY (hash)
);
INSERT INTO "logos" VALUES('b98e1b66f0cf39409874917c7417fe94cf7344462ed25f86fc8c1a12f8a98633','image/png','iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGOosXoLAALZAaQGKdQKAAAAAElFTkSuQmCC');
CREATE TABLE mails (
    credential_id TEXT   NOT NULL,
    tenant_id     TEXT   NOT NULL,
    -- 32 random hexadecimal digits. The mail goes by it in its Message-ID, in its envelope's sender and in the name of its
    -- file: the credential's id is the capability to see the credential, and stands in none of them.
    token         TEXT   NOT NULL,
    status        TEXT   NOT NULL,
    -- How often it was sent: one that was sent, and is asked for again, is another mail to those who sort them.
    edition       BIGINT NOT NULL,
    -- Attempts of the present round whose outcome is known: being asked for again begins a new one.
    attempts      BIGINT NOT NULL,
    queued_at     BIGINT NOT NULL,
    -- While it waits, when it is tried next; while somebody has it, when their lease ends.
    due_at        BIGINT NOT NULL,
    -- When its bytes were about to be written to the mail server.
    handed_at     BIGINT,
    settled_at    BIGINT,
    -- What the mail server said last, bounded, with addresses masked. Erasure takes it away.
    answer        TEXT,
    CONSTRAINT mails_pk PRIMARY KEY (credential_id),
    CONSTRAINT mails_token_unique UNIQUE (token),
    CONSTRAINT mails_status_known CHECK
        (status IN ('waiting', 'leased', 'handed', 'sent', 'failed', 'bounced', 'dropped', 'unsure')),
    CONSTRAINT mails_credential_fk FOREIGN KEY (credential_id) REFERENCES credentials (id)
);
INSERT INTO "mails" VALUES('crd_01M8KG37Q9CJWB59T9X58V8A7F','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','f54343d71f73ddf40051729b7e0fde29','sent',1,1,1795950747491,1795950747576,1795950747505,1795950747576,'250 ok');
INSERT INTO "mails" VALUES('crd_01M8KG37Q9C244RSPC6HF4HYNK','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','868062f4d0d6b57a021d06557fa9c3d7','bounced',1,1,1795950747491,1795950747561,1795950747507,1795950747647,'5.1.1 smtp; 550 unknown');
INSERT INTO "mails" VALUES('crd_01M8KG37Q9M2RAENY4GK8W54H6','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','fb0b2a31c87c9e76f20823e14c18206b','failed',1,1,1795950747491,1795950747504,NULL,1795950747504,'permanent error (550): no such mailbox');
INSERT INTO "mails" VALUES('crd_01M8KG37Q9KDBZ24WVMRVFTTG7','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','309a9a87ae9a28abe71294e86c7039d8','dropped',1,1,1795950747491,1795950748698,NULL,1795950747656,'transient error (451): try again');
INSERT INTO "mails" VALUES('crd_01M8KG37Q994SCVC52NG3PHV1R','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','6b7ae58595e3c1414f2d87683abc878e','dropped',1,1,1795950747491,1795950748734,NULL,1795950747671,NULL);
INSERT INTO "mails" VALUES('crd_01M8KG37Q9CJDWGD9M89J337E9','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','7f4ba1a17833ce19ac171b30a5457b21','waiting',1,3,1795950747491,1795950772384,NULL,NULL,'transient error (451): try again');
INSERT INTO "mails" VALUES('crd_01M8KG381V745T8JR4Y26KW143','tnt_01M8KG37FBFPWRGS6JF3921XZ5','0b78b045127d642822b4b6e785d21945','sent',1,1,1795950747824,1795950747892,1795950747844,1795950747892,'250 ok');
INSERT INTO "mails" VALUES('crd_01M8KG38ER5Q5GW98GWJ8J9YYZ','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','dc9acd21813203ea1acd3a70b85b4919','unsure',1,1,1795950748312,1795950753342,1795950748340,1795950753342,'no answer in time');
INSERT INTO "mails" VALUES('crd_01M8KG3ES8WEN5E902GM3CGFH2','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','834208a875c8c2cb6744b11807383285','handed',1,0,1795950754768,1795950799813,1795950754813,NULL,NULL);
CREATE TABLE own_did_keys (
    tenant_id           TEXT   NOT NULL,
    did                 TEXT   NOT NULL,
    key_number          BIGINT NOT NULL,
    verification_method TEXT   NOT NULL,
    CONSTRAINT own_did_keys_pk PRIMARY KEY (tenant_id, did, key_number),
    CONSTRAINT own_did_keys_did_fk FOREIGN KEY (tenant_id, did) REFERENCES own_dids (tenant_id, did)
);
CREATE TABLE own_dids (
    tenant_id TEXT   NOT NULL,
    did       TEXT   NOT NULL,
    since     BIGINT NOT NULL,
    CONSTRAINT own_dids_pk PRIMARY KEY (tenant_id, did)
);
CREATE TABLE rate_windows (
    tenant_id  TEXT   NOT NULL,
    started_at BIGINT NOT NULL,
    requests   BIGINT NOT NULL,
    CONSTRAINT rate_windows_pk PRIMARY KEY (tenant_id)
);
INSERT INTO "rate_windows" VALUES('tnt_01M8KG37BC5BNSMNWTA9MRPVY8',1795950747344,31);
INSERT INTO "rate_windows" VALUES('tnt_01M8KG37FBFPWRGS6JF3921XZ5',1795950747706,18);
INSERT INTO "rate_windows" VALUES('tnt_01M8KG37MRTS6SY83GXM5CH2NM',1795950754230,8);
CREATE TABLE settings (
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT settings_pk PRIMARY KEY (name)
);
INSERT INTO "settings" VALUES('master_key','71347635d058e5c94b9453e8f609673ec278177f3dde27ac4c0d2b1c83251103');
INSERT INTO "settings" VALUES('public_url','https://learncoin.example');
INSERT INTO "settings" VALUES('chain_kind','embedded');
INSERT INTO "settings" VALUES('test_genesis','6c46b604e7aca05b96c9bac110bb777f2e1dca435d9ec88df3ad287c28d1b90f');
CREATE TABLE signing_keys (
    tenant_id     TEXT   NOT NULL,
    number        BIGINT NOT NULL,
    environment   TEXT   NOT NULL,
    -- The one chain that this key ever signs for (EIP-155).
    chain_id      BIGINT NOT NULL,
    address       TEXT   NOT NULL,
    public_key_x  TEXT   NOT NULL,
    public_key_y  TEXT   NOT NULL,
    secret_sealed TEXT   NOT NULL,
    -- The nonce of the next transaction: ours, gapless, moved only together with the transaction that uses it.
    next_nonce    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    disabled_at   BIGINT, leased_until BIGINT, kms_version TEXT, retired_at BIGINT, expires_at BIGINT, revoked_from BIGINT,
    CONSTRAINT signing_keys_pk PRIMARY KEY (tenant_id, number),
    CONSTRAINT signing_keys_address_unique UNIQUE (address),
    CONSTRAINT signing_keys_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
INSERT INTO "signing_keys" VALUES('tnt_01M8KG37BC5BNSMNWTA9MRPVY8',1,'test',31337,'0xFC26b28BD7cfdc8D2732DDf7a5654f5b3154e564','d96363ec20c95c2a60c098362df89e3b5c6dbf4211bfa163c5b479c3259fa377','8942a5d0c8ab76612c14e5353802f459a225b48b32d2e09e971c8fde9d53441c','1.OGYpVrFbXvITB1VUeaDatOt/oOnEGsslMeRw1eIe45OijeWz75LDjeVirsLG+RC8mjC1dSAy1FhxmjjbjhxLBipIF+XTK+cH',1,1795950747070,NULL,NULL,NULL,1795950748096,NULL,NULL);
INSERT INTO "signing_keys" VALUES('tnt_01M8KG37FBFPWRGS6JF3921XZ5',1,'test',31337,'0xB6fB9657535ef8DE5D9bA18cD58b49D25ef7b643','eed900d98f8c3ff4fd5286272ea71d7a06caf01f3fc150f8a598084168a1e7ab','2a77180145fa3e3c12226e7d42bb99ffc92d32e50e433c821a0d9c93320d5bf5','1.nivQSqqWb0HSDvmYpsAdkiGN8aBC1TxEfC6Zy+FtH+gUK8blq/tHPdltRmn/6Od6OfIQQGfLzxyIHlNP447GSQ253yhqk9ma',3,1795950747235,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "signing_keys" VALUES('tnt_01M8KG37MRTS6SY83GXM5CH2NM',1,'test',31337,'0x366f9fAF3990e692647Eddc9b8e34E0A5221967E','92e381968868b3f0fb1f1df3f0da20c550ee0a2535bd84623062f06105a8c516','3dee4135e424f9e334b40f04e6919ce41f2c7bc95f958610bb8fad8e691b759b','1.sBOmf9+KWKkUOjOt6NbkCoiF/rCQUD8iaEff8FpWJHtPaGcfBgSO5gaCsPPHS5g+x5WygnuS73ys7C3PrqJJNADSKWtP3t0t',2,1795950747337,1795950755360,NULL,NULL,1795950754946,NULL,1577836800000);
INSERT INTO "signing_keys" VALUES('tnt_01M8KG37BC5BNSMNWTA9MRPVY8',2,'test',31337,'0x751258D48121A6Ac06875997CbD06d087c75145a','7fda6dd4428f17315c7bf61486ce97b422c7b7afd31f832a2233d34bff257402','d008cad30c0bd16ad045dccc44ba6334aa45932cb86802976400ed485a32703f','1.e790W5LL9EXLo+jEwGaoZKXipG1MsFsaz2D5qL+zf+SMC8EkaDLf13mLDsMJndaOC/jh2tGo5uwakk9qc9Ki/yZZgaAJ8hU+',2,1795950748096,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "signing_keys" VALUES('tnt_01M8KG37MRTS6SY83GXM5CH2NM',2,'test',31337,'0x18F400d19916DF4628cd6a1690f103cf1C7F4186','90442020bbbac405fcdcb457753a82a83a36f250c6d39b1459b90b21bff019cb','d04403db6fc7ba986aa9593e24ce8fbf298665eb4c4c552e9e3f1bfe84c9d4ff','1.Czqp05IjUV9STen7KjGj78g4ATR6aywLeR8yS4lxg8tjjeDBYKaK4n3o0P/Gr/bUrC9ihHpAlkdR8I92EkKpSY4YFF7nQV1T',0,1795950754946,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE stray_transactions (
    chain_id BIGINT NOT NULL,
    address  TEXT   NOT NULL,
    nonce    BIGINT NOT NULL,
    hash     TEXT   NOT NULL,
    raw      TEXT   NOT NULL,
    -- The 32 bytes that it carries, where it is an anchor: the batch with this root is anchored by it.
    root     TEXT,
    seen_at  BIGINT NOT NULL,
    CONSTRAINT stray_transactions_pk PRIMARY KEY (chain_id, address, nonce)
);
INSERT INTO "stray_transactions" VALUES(31337,'0x366f9fAF3990e692647Eddc9b8e34E0A5221967E',0,'10807b346281309044b95c9d137a3a9c15959da5d5be4405918f2e545eaaa3c8','02f88b827a6980830f4240847744d64082753094366f9faf3990e692647eddc9b8e34e0a5221967e80a06f32c22b5970752789d69511f1c5942d877f3c64f7b4fa0f98ea2e164c1a6cf5c080a06d06778cfe437fe3c6962928b5f356278c6f7b5d4e3a03191e3d54c6bf3e25c1a009ba12e3f5d9ef817580537321f2fd029d4432b285ae11324faaa64369677a9b','6f32c22b5970752789d69511f1c5942d877f3c64f7b4fa0f98ea2e164c1a6cf5',1795950754294);
CREATE TABLE tenants (
    id              TEXT   NOT NULL,
    name            TEXT   NOT NULL,
    plan            TEXT   NOT NULL,
    -- Signing keys of a tenant are numbered in one sequence over both environments.
    next_key_number BIGINT NOT NULL,
    created_at      BIGINT NOT NULL, awarding_body_name TEXT, awarding_body_url TEXT, awarding_body_logo_url TEXT, awarding_body_logo_hash TEXT, accent_color TEXT, page_logo_url TEXT, page_logo_hash TEXT, own_did TEXT, face_changed_at BIGINT, confirmed_name TEXT, confirmed_accent_color TEXT, confirmed_logo_hash TEXT, credentials_per_month BIGINT, requests_per_minute BIGINT, mails_off_since BIGINT, language TEXT, mail_reply_to TEXT,
    CONSTRAINT tenants_pk PRIMARY KEY (id)
);
INSERT INTO "tenants" VALUES('tnt_01M8KG37BC5BNSMNWTA9MRPVY8','Université de l''Exemple','institution',3,1795950746988,'Académie de l''Exemple','https://example.edu','https://example.edu/logo.png','b98e1b66f0cf39409874917c7417fe94cf7344462ed25f86fc8c1a12f8a98633','#8B2635','https://example.edu/logo.png','b98e1b66f0cf39409874917c7417fe94cf7344462ed25f86fc8c1a12f8a98633',NULL,1795950747345,'Université de l''Exemple',NULL,NULL,NULL,NULL,NULL,'fr','registry@example.edu');
INSERT INTO "tenants" VALUES('tnt_01M8KG37FBFPWRGS6JF3921XZ5','مدرسة المثال','starter',2,1795950747115,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'ar','registry@example.edu');
INSERT INTO "tenants" VALUES('tnt_01M8KG37MRTS6SY83GXM5CH2NM','Example Academy','developer',3,1795950747288,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'en','registry@example.edu');
CREATE TABLE usage_by_month (
    tenant_id   TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    month       TEXT   NOT NULL,
    credentials BIGINT NOT NULL,
    CONSTRAINT usage_by_month_pk PRIMARY KEY (tenant_id, environment, month)
);
INSERT INTO "usage_by_month" VALUES('tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','2026-11',9);
INSERT INTO "usage_by_month" VALUES('tnt_01M8KG37FBFPWRGS6JF3921XZ5','test','2026-11',4);
INSERT INTO "usage_by_month" VALUES('tnt_01M8KG37MRTS6SY83GXM5CH2NM','test','2026-11',1);
CREATE TABLE webhook_endpoints (
    id            TEXT   NOT NULL,
    tenant_id     TEXT   NOT NULL,
    environment   TEXT   NOT NULL,
    url           TEXT   NOT NULL,
    -- JSON array of event types.
    events        TEXT   NOT NULL,
    description   TEXT,
    secret_sealed TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    disabled_at   BIGINT, previous_secret_sealed TEXT, previous_secret_until BIGINT, failing_since BIGINT,
    CONSTRAINT webhook_endpoints_pk PRIMARY KEY (id),
    CONSTRAINT webhook_endpoints_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
INSERT INTO "webhook_endpoints" VALUES('whk_01M8KG37PN2DHKP008J0J8DSPA','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','http://127.0.0.1:1/taken','["batch.created","batch.signed","batch.anchored","batch.failed","credential.revoked","credential.erased"]',NULL,'1.c/U416n/3vCKR5uRVQvVxz3iiBcEiCZjCt9nN+11SgXxL9n+LxcNpKbI2LKKxQNb4352Nt12322YfxY7JNXcDF4xQSd1oeLLW87wOJuW1AIl0wwk6aM',1795950747348,NULL,NULL,NULL,NULL);
INSERT INTO "webhook_endpoints" VALUES('whk_01M8KG37Q59QFDQKTJHGJETCZC','tnt_01M8KG37BC5BNSMNWTA9MRPVY8','test','http://127.0.0.1:1/refused','["batch.created","batch.signed","batch.anchored","batch.failed","credential.revoked","credential.erased"]',NULL,'1.L0D78lttak1dvtfv/znMR1VbE/RZUZC58lo6Q2xsoyxL0X7pY+S3o3gQHQ0aT3cf1LnEkzvRt6uoub8t+w9m502oUJWZoiv1XWX+b/xndkzj7S3kLDE',1795950747365,NULL,NULL,NULL,1795950747384);
CREATE TABLE webhook_tests (
    tenant_id   TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    -- As in idempotency_keys.
    key_mac     TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    event_id    TEXT   NOT NULL,
    noted_at    BIGINT NOT NULL, sending_until BIGINT,
    CONSTRAINT webhook_tests_pk PRIMARY KEY (tenant_id, environment, key_mac)
);
CREATE INDEX api_keys_by_tenant ON api_keys (tenant_id);
CREATE INDEX batches_by_tenant ON batches (tenant_id, environment, id);
CREATE INDEX batches_by_status ON batches (status, next_attempt_at);
CREATE INDEX anchor_transactions_by_batch ON anchor_transactions (batch_id);
CREATE INDEX anchor_transactions_by_nonce ON anchor_transactions (chain_id, address, nonce);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
CREATE INDEX webhook_endpoints_by_tenant ON webhook_endpoints (tenant_id, environment, id);
CREATE INDEX webhook_tests_by_age ON webhook_tests (noted_at);
CREATE INDEX audit_log_by_tenant ON audit_log (tenant_id, at);
CREATE INDEX audit_log_by_age ON audit_log (at);
CREATE INDEX idempotency_keys_by_subject ON idempotency_keys (subject_id);
CREATE INDEX deliveries_by_turn ON deliveries (status, endpoint_id, next_attempt_at);
CREATE INDEX deliveries_by_event ON deliveries (event_id);
CREATE INDEX deliveries_by_age ON deliveries (created_at);
CREATE INDEX delivery_attempts_by_event ON delivery_attempts (event_id);
CREATE INDEX delivery_attempts_by_age ON delivery_attempts (at);
CREATE INDEX events_by_tenant ON events (tenant_id, environment, created_at);
CREATE INDEX webhook_endpoints_by_rotation ON webhook_endpoints (previous_secret_until);
CREATE INDEX mails_by_turn ON mails (status, due_at);
CREATE INDEX stray_transactions_by_root ON stray_transactions (root);
CREATE INDEX signing_keys_ending ON signing_keys (retired_at) WHERE retired_at IS NOT NULL AND expires_at IS NULL AND revoked_from IS NULL;
CREATE INDEX batches_by_key ON batches (tenant_id, signing_key_number, status);
CREATE INDEX key_statements_by_key ON key_statements (address);
CREATE TRIGGER key_statements_no_UPDATE BEFORE UPDATE ON key_statements
                         BEGIN SELECT RAISE(ABORT, 'rows of key_statements are never changed'); END;
CREATE TRIGGER key_statements_no_DELETE BEFORE DELETE ON key_statements
                         BEGIN SELECT RAISE(ABORT, 'rows of key_statements are never changed'); END;
CREATE UNIQUE INDEX host_transactions_one_open ON host_transactions (chain_id) WHERE status = 'open';
CREATE INDEX host_transactions_watched ON host_transactions (chain_id) WHERE status = 'confirmed';
CREATE INDEX host_transactions_statements ON host_transactions (statement_sequence) WHERE kind = 'statement';
CREATE INDEX host_transactions_top_ups ON host_transactions (chain_id, created_at) WHERE kind = 'top_up';
CREATE INDEX host_attempts_by_nonce ON host_attempts (chain_id, nonce);
CREATE INDEX credentials_erased ON credentials (erased_at, id) WHERE erased_at IS NOT NULL;
COMMIT;
