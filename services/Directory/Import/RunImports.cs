using Directory.Accounts;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ServiceDefaults.Persistence;

namespace Directory.Import;

/// <summary>Wakes the job of its own process; others find the file within a second.</summary>
internal sealed class ImportBell : IDisposable
{
    private readonly SemaphoreSlim _bell = new(0);

    public void Ring() => _bell.Release();

    public Task WaitAsync(TimeSpan atMost, CancellationToken stop) => _bell.WaitAsync(atMost, stop);

    public void Dispose() => _bell.Dispose();
}

/// <summary>
/// Does the waiting imports, one at a time over all instances. Each is one transaction: done, with its events and its audit entry, or not done, and then whoever
/// comes next begins anew, so often and not more: a file that takes longer than the database allows would hold back all others for ever. Only the progress and the
/// tries are written outside of the transaction.
/// </summary>
internal sealed partial class RunImports(
    IServiceScopeFactory scopes, NpgsqlDataSource database, ImportBell bell, TimeProvider clock, ILogger<RunImports> log) : BackgroundService
{
    private const int MostTries = 5;
    private const long ImportLock = 0x49_4D_50_4F;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ImportBell>();
        services.AddScoped<CheckFile>();
        services.AddScoped<LoadPlan>();
        services.AddSingleton<RunImports>();
        services.AddHostedService(provider => provider.GetRequiredService<RunImports>());
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                while (await RunOneAsync(stoppingToken))
                {
                    // Another one may wait.
                }
            }
            catch (Exception fault) when (fault.IsInfrastructureFault())
            {
                Waiting(log, fault.GetType().Name);
            }

            await bell.WaitAsync(Rest, stoppingToken);
        }
    }

    /// <summary>The oldest that waits; false if none does, or another instance is at work.</summary>
    public async Task<bool> RunOneAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DirectoryDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (!(await db.Database.SqlQuery<bool>($"""select pg_try_advisory_xact_lock({ImportLock}) as "Value" """).ToListAsync(stop))[0]
            || await db.Imports.Where(waiting => waiting.State == ImportState.Waiting).OrderBy(waiting => waiting.CreatedAt).FirstOrDefaultAsync(stop) is not { } import)
            return false;

        db.ChangeTracker.Clear();
        if (import.Tries >= MostTries)
        {
            GivenUp(log, import.Id, import.Tries);
            await RefuseAsync(db, import, "import-tries", stop);
            await transaction.CommitAsync(stop);
            return true;
        }

        import.Tries++;
        await ShowAsync("update organisation_import set tries = $2 where id = $1", stop, import.Id, import.Tries);
        try
        {
            var wasAdministered = await WatchAdministrators.CountAsync(db, clock.GetUtcNow(), stop) > 0;
            await ImportAsync(scope.ServiceProvider, db, import, stop);
            if (wasAdministered && !await LastAdministrator.IsThereAsync(db, clock.GetUtcNow(), stop))
            {
                await transaction.RollbackAsync(stop);
                db.ChangeTracker.Clear();
                await RefuseAsync(db, import, "last-administrator", stop);
                return true;
            }

            await transaction.CommitAsync(stop);
        }
        catch (Exception fault) when (!fault.IsInfrastructureFault() && fault is not OperationCanceledException)
        {
            // Somebody changed what the file was held against, and the database's rules refused the rest; or it is a fault of ours. Trying again and again helps neither.
            var violation = fault as PostgresException ?? fault.InnerException as PostgresException;
            Refused(log, import.Id, violation?.ConstraintName, fault);
            await transaction.RollbackAsync(stop);
            db.ChangeTracker.Clear();
            await RefuseAsync(db, import, violation is null ? "fault" : "changed-meanwhile", stop);
        }

        return true;
    }

    private Task RefuseAsync(DirectoryDb db, OrganisationImport import, string code, CancellationToken stop)
    {
        var findings = new Findings();
        findings.Add(null, null, null, code);
        return FinishAsync(db, import, ImportState.Refused, findings, stop);
    }

    private async Task ImportAsync(IServiceProvider services, DirectoryDb db, OrganisationImport import, CancellationToken stop)
    {
        var caller = new Caller(import.Actor, import.FromAddress);
        var (plan, findings) = await services.GetRequiredService<CheckFile>().CheckAsync(import.Content!, import.Sheet, stop);
        (import.RowsAdded, import.RowsUnchanged) = (plan.New, plan.Unchanged);
        if (!import.IsDryRun && findings.Total == 0)
        {
            await ShowProgressAsync(import.Id, plan.New, 0, stop);
            var done = 0;
            // Each row's entry leads to this one's, which has the file's digest.
            await services.GetRequiredService<LoadPlan>().LoadAsync(plan, caller with { Reason = $"import {import.Id}" }, async rows =>
            {
                done += rows;
                await ShowProgressAsync(import.Id, plan.New, done, stop);
                Progress(log, import.Id, done, plan.New);
            }, stop);
            (import.RowsTotal, import.RowsDone) = (plan.New, plan.New);
            db.Write(caller, nameof(StartImport), ("Import", import.Id), null, new
            {
                Sha256 = Convert.ToHexStringLower(import.Sha256),
                Units = plan.NewUnits.Count,
                Positions = plan.NewPositions.Count,
                Officials = plan.NewOfficials.Count,
                Assignments = plan.NewAssignments.Count,
                Accounts = plan.NewAccounts.Count,
            });
        }

        await FinishAsync(db, import, import.IsDryRun || findings.Total == 0 ? ImportState.Done : ImportState.Refused, findings, stop);
    }

    private async Task FinishAsync(DirectoryDb db, OrganisationImport import, ImportState state, Findings findings, CancellationToken stop)
    {
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        (import.State, import.FinishedAt, import.Content, import.FindingsTotal) = (state, clock.GetUtcNow(), null, findings.Total);
        if (state == ImportState.Refused)
            (import.RowsAdded, import.RowsDone) = (0, 0);
        db.Update(import);
        await db.SaveChangesAsync(stop);
        await findings.KeepAsync(db, import.Id, clock.GetUtcNow(), stop);
        await transaction.CommitAsync(stop);
        Finished(log, import.Id, state, import.RowsAdded, import.RowsUnchanged, findings.Total);
    }

    private Task ShowProgressAsync(Guid import, int total, int done, CancellationToken stop) =>
        ShowAsync("update organisation_import set rows_total = $2, rows_done = $3 where id = $1", stop, import, total, done);

    /// <summary>On a connection of its own, so that it is seen while the import is under way, and stays when it is undone.</summary>
    private async Task ShowAsync(string sql, CancellationToken stop, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(stop);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Import {Import}: {Done} of {Total} rows")]
    private static partial void Progress(ILogger log, Guid import, int done, int total);

    [LoggerMessage(Level = LogLevel.Information, Message = "Import {Import} is {State}: {Added} rows added, {Unchanged} unchanged, {Findings} findings")]
    private static partial void Finished(ILogger log, Guid import, ImportState state, int added, int unchanged, int findings);

    [LoggerMessage(Level = LogLevel.Error, Message = "Import {Import} is given up after {Tries} tries")]
    private static partial void GivenUp(ILogger log, Guid import, int tries);

    [LoggerMessage(Level = LogLevel.Error, Message = "Import {Import} was refused by {Constraint}")]
    private static partial void Refused(ILogger log, Guid import, string? constraint, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Imports wait: {Fault}")]
    private static partial void Waiting(ILogger log, string fault);
}
