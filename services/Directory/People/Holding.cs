using Directory.Storage;
using Microsoft.EntityFrameworkCore;

namespace Directory.People;

/// <summary>What the database holds about holders of positions.</summary>
internal static class Holding
{
    public const int LongestOrderNumber = 100;

    /// <summary>The code of the problem that a refused save of assignments stands for, or null.</summary>
    public static string? ProblemOf(DbUpdateException failure) =>
        failure.Breaks(Constraints.OneHolder) ? "position-held"
        : failure.Breaks(Constraints.OneActingHolder) ? "position-acted"
        : failure.Breaks(Constraints.PositionOpen) ? "position-closed"
        : null;

    /// <summary>
    /// Before a save that touches several posts: locks them in the order of their ids, as whoever writes an assignment does one by one, until the caller's transaction
    /// ends. Two decrees that cross would wait for each other otherwise.
    /// </summary>
    public static async Task LockPositionsAsync(DirectoryDb db, IQueryable<Guid> positions, CancellationToken stop)
    {
        var ids = await positions.ToListAsync(stop);
        await db.Database.SqlQuery<Guid>($"select id from position where id = any({ids}) order by id for no key update").ToListAsync(stop);
    }

    /// <summary>
    /// Of these officials those whom nobody is giving a post at this moment; nor does anybody until the caller's transaction ends, since who writes an assignment holds its
    /// official's row. What a statement said of them before may be over: ask again, of these.
    /// </summary>
    public static Task<List<Guid>> LockOfficialsAsync(DirectoryDb db, List<Guid> officials, CancellationToken stop) =>
        db.Database.SqlQuery<Guid>($"select id from official where id = any({officials}) order by id for update skip locked").ToListAsync(stop);

    /// <summary>Each unit's clerk at an instant: appointed, and holding the position by which he belongs to the unit. Where that moves away, the database ends him.</summary>
    public static IQueryable<UnitOperator> OperatorsAt(this DirectoryDb db, DateTimeOffset at) =>
        db.UnitOperators.Where(appointed => appointed.ValidFrom <= at && (appointed.ValidTo == null || at < appointed.ValidTo)
            && appointed.Assignment!.HeldFrom <= at && (appointed.Assignment.HeldTo == null || at < appointed.Assignment.HeldTo));
}
