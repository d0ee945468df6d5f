using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;

namespace InboundSms.Routing;

/// <summary>Messages that belong to another one, whatever they say: they open no case, and nothing is answered to them by itself.</summary>
internal static class PartOfAnother
{
    public static async Task<Route?> PartOfAnotherAsync(this InboundSmsDb db, Message message, CancellationToken stop) =>
        message.Continues is { } whole && await db.CaseOfAsync(whole, stop) is { } caseId ? new Route.PartOf(caseId) : null;

    private static Task<Guid?> CaseOfAsync(this InboundSmsDb db, Guid messageId, CancellationToken stop) =>
        db.CaseMessages.Where(member => member.MessageId == messageId).Select(member => (Guid?)member.CaseId).SingleOrDefaultAsync(stop);
}
