using InboundSms.History;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Messaging;

namespace InboundSms.Publishing;

/// <summary>The citizen asks that his case is not published, by RAHASIA in a message of it or by an objection: never from now on, and gone if it was.</summary>
internal static class MakeSecret
{
    /// <summary>With the save that follows; asked again, it is nothing. An answer that is being written at this moment meets the version.</summary>
    public static async Task MakeSecretAsync(this InboundSmsDb db, Guid caseId, Guid messageId, DateTimeOffset at, CancellationToken stop)
    {
        // What is being published at this moment is waited for; what is not yet is left out as long as this holds it.
        var publications = await db.Publications.FromSql($"select * from publication where case_id = {caseId} for update").ToListAsync(stop);
        if (await db.Cases.Where(c => c.Id == caseId && !c.IsSecret).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.IsSecret, true).SetProperty(c => c.Version, c => c.Version + 1), stop) == 0)
            return;
        foreach (var publication in publications.Where(publication => publication.PublishedAt is not null))
        {
            await db.HideAsync(publication, stop);
            publication.Version++;
        }

        db.Record(caseId, CaseEventKind.MadeSecret, at, Outbox.System, new { messageId });
    }
}
