using Contracts.Directory;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.DirectoryCopy;

namespace InboundSms.Routing;

/// <summary>Whom a word names (BJN 1(18)).</summary>
/// <param name="PositionId">Whose case it becomes.</param>
/// <param name="Keyword">Its primary word, by which people know the case; the word itself for a position that has none.</param>
internal sealed record Addressee(Guid PositionId, string Keyword)
{
    // Asked for each message: compiled once.
    private static readonly Func<InboundSmsDb, string, DateTimeOffset, CancellationToken, Task<Addressee?>> Find = EF.CompileAsyncQuery((InboundSmsDb db, string word, DateTimeOffset at, CancellationToken _) =>
        db.Keywords.Where(named => named.Word == word && named.ValidFrom <= at && (named.ValidTo == null || at < named.ValidTo)).OrderByDescending(named => named.ValidFrom)
            .Select(named => new Addressee(named.PositionId, db.Keywords
                .Where(primary => primary.PositionId == named.PositionId && primary.Kind == KeywordKind.Primary && primary.ValidFrom <= at && (primary.ValidTo == null || at < primary.ValidTo))
                .Select(primary => primary.Word).FirstOrDefault() ?? named.Word))
            .FirstOrDefault());

    /// <summary>
    /// The position that a word, an alias or a misspelling named at an instant: that of the receipt, so that a message which waited while a keyword changed hands still
    /// reaches whom the citizen meant. Two positions can have one word for the moment between two events of Directory; the later start counts.
    /// </summary>
    public static Task<Addressee?> FindAsync(InboundSmsDb db, string word, DateTimeOffset at, CancellationToken stop) => Find(db, word, at, stop);

    /// <summary>A position that is open, by its primary word or, without any, its code; null if there is none.</summary>
    public static Task<Addressee?> OfPositionAsync(InboundSmsDb db, Guid positionId, DateTimeOffset at, CancellationToken stop) =>
        db.Positions.Where(position => position.Id == positionId && (position.ClosedAt == null || position.ClosedAt > at))
            .Select(position => new Addressee(position.Id, ValidAt(db, at).Where(word => word.PositionId == position.Id && word.Kind == KeywordKind.Primary)
                .Select(word => word.Word).FirstOrDefault() ?? position.Code)).SingleOrDefaultAsync(stop);

    /// <summary>What citizens are told (BJN 12(7)): primary words only.</summary>
    public static Task<List<string>> KeywordsAsync(InboundSmsDb db, DateTimeOffset at, CancellationToken stop) =>
        ValidAt(db, at).Where(keyword => keyword.Kind == KeywordKind.Primary).Select(keyword => keyword.Word).ToListAsync(stop);

    private static IQueryable<PositionKeyword> ValidAt(InboundSmsDb db, DateTimeOffset at) =>
        db.Keywords.Where(keyword => keyword.ValidFrom <= at && (keyword.ValidTo == null || at < keyword.ValidTo));
}
