using Contracts.Directory;
using Directory.Storage;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Directory.Auditing;

/// <summary>What administrators do in other services stands in the same trail (DIR-9).</summary>
internal sealed class TakeIntoAuditTrail(DirectoryDb db) : IConsumer<WriteToAuditTrail>
{
    public Task Consume(ConsumeContext<WriteToAuditTrail> context)
    {
        var act = context.Message;
        db.Write(new Caller(act.Actor, act.FromAddress), act.Act, (act.SubjectKind, act.SubjectId), null, new { act.At, act.Details }, act.Reason);
        return db.SaveChangesAsync(context.CancellationToken);
    }
}
