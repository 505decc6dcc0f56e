//! The personal data of an upload: its file, and the report of its dry run. Both are sealed, in pieces, and are deleted when a person in
//! the file is erased, and when they are too old.

use zeroize::Zeroizing;

use crate::clock::Entropy;
use crate::database::sql::{self, Record};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::{CredentialId, TenantId, UploadId};

/// The most bytes of a piece. A copy of the database reads some hundred rows at a time.
const PIECE_BYTES: usize = 64 * 1024;

/// A part of what is kept of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilePart {
    /// The file, as it was uploaded.
    File,
    /// The report of its dry run.
    Report,
}

impl FilePart {
    fn as_str(self) -> &'static str {
        match self {
            FilePart::File => "file",
            FilePart::Report => "report",
        }
    }

    fn place(self, id: &UploadId, piece: i64) -> String {
        format!("upload_files.sealed/{id}/{}/{piece}", self.as_str())
    }
}

impl Store {
    /// Returns a part of what is kept of a tenant's upload; `None` if it was deleted.
    pub async fn read_upload_file(
        &self,
        tenant_id: &TenantId,
        id: &UploadId,
        part: FilePart,
    ) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let rows = sql::query(
            "SELECT upload_id, piece, sealed FROM upload_files WHERE upload_id = $1 AND part = $2 ORDER BY piece",
        )
        .bind(id.as_str())
        .bind(part.as_str())
        .fetch_all(&self.pool)
        .await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(rows.len().saturating_mul(PIECE_BYTES)));
        for row in &rows {
            let record = Record { table: "upload_files", row };
            let place = part.place(id, record.int("piece")?);
            bytes.extend_from_slice(&self.sealer().open_for(tenant_id, &place, &record.text("sealed")?)?);
        }
        Ok(Some(bytes))
    }
}

impl WriteTx {
    /// Keeps a part of a tenant's upload, in the place of what was kept of it.
    pub async fn write_upload_file(
        &mut self,
        tenant_id: &TenantId,
        id: &UploadId,
        part: FilePart,
        bytes: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<()> {
        sql::query("DELETE FROM upload_files WHERE upload_id = $1 AND part = $2")
            .bind(id.as_str())
            .bind(part.as_str())
            .execute(self.connection())
            .await?;
        // An empty part has one piece: none would mean that it was deleted.
        let empty: &[u8] = &[];
        let pieces = bytes.chunks(PIECE_BYTES).chain(bytes.is_empty().then_some(empty));
        for (piece, bytes) in (0..).zip(pieces) {
            let sealed = self.sealer.seal_for(entropy, tenant_id, &part.place(id, piece), bytes)?;
            sql::query("INSERT INTO upload_files (upload_id, part, piece, sealed) VALUES ($1, $2, $3, $4)")
                .bind(id.as_str())
                .bind(part.as_str())
                .bind(piece)
                .bind(sealed)
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }

    /// Deletes the file of the upload that a credential came from, if it came from one: its person is erased.
    pub(crate) async fn delete_upload_file_of(&mut self, id: &CredentialId, now_ms: i64) -> Result<()> {
        let found = sql::query(
            "SELECT p.upload_id FROM credentials c JOIN upload_parts p ON p.batch_id = c.batch_id WHERE c.id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = found else { return Ok(()) };
        let upload_id: UploadId = Record { table: "upload_parts", row: &row }.parsed("upload_id")?;
        sql::query("DELETE FROM upload_files WHERE upload_id = $1")
            .bind(upload_id.as_str())
            .execute(self.connection())
            .await?;
        sql::query("UPDATE uploads SET file_deleted_at = $2 WHERE id = $1")
            .bind(upload_id.as_str())
            .bind(now_ms)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
