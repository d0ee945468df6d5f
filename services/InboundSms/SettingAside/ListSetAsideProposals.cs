using System.ComponentModel.DataAnnotations;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.SettingAside;

/// <summary>What the secretariat has to decide: proposals that wait, newest first.</summary>
internal static class ListSetAsideProposals
{
    /// <param name="Id">Of the proposal.</param>
    /// <param name="MessageId">That opened the case.</param>
    /// <param name="CaseNumber">Told to people.</param>
    /// <param name="Keyword">Whose case it is; null in the tray.</param>
    /// <param name="Ground">Of BJN 10(2).</param>
    /// <param name="Reason">As the proposer wrote it.</param>
    /// <param name="ProposedAt">When.</param>
    /// <param name="ProposedByOfficial">Who; he does not decide. Null for an account without official.</param>
    /// <param name="DueAt">When the answer is due if the proposal is rejected.</param>
    public sealed record Item(
        Guid Id, Guid MessageId, long CaseNumber, string? Keyword, SetAsideGround Ground, string Reason, DateTimeOffset ProposedAt, Guid? ProposedByOfficial,
        DateTimeOffset DueAt);

    public static void Map(RouteGroupBuilder api) => api.MapGet("/", Handle)
        .WithName(nameof(ListSetAsideProposals)).WithSummary("Proposals to set a case aside that wait for a decision, newest first")
        .RequirePermission(Permissions.SetMessagesAside).ProducesValidationProblem();

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle([StringLength(64)] string? cursor, InboundSmsDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var rows = await (
            from proposal in db.SetAsides.AsNoTracking()
            where proposal.DecidedAt == null && (proposal.ProposedAt < before || (proposal.ProposedAt == before && proposal.Id.CompareTo(beforeId) < 0))
            join c in db.Cases on proposal.CaseId equals c.Id
            // Answered meanwhile: nothing is left to decide.
            where c.AnsweredAt == null
            orderby proposal.ProposedAt descending, proposal.Id descending
            select new Item(proposal.Id, c.FirstMessageId, c.Number, c.Keyword, proposal.Ground, proposal.Reason, proposal.ProposedAt, proposal.ProposedByOfficial, c.DueAt))
            .Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(last.ProposedAt, last.Id)));
    }
}
