using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.DirectoryCopy;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;

namespace ServiceDefaults.Persistence;

/// <summary>One PostgreSQL database per service, reached through one data source and one DbContext.</summary>
public static partial class Database
{
    /// <summary>
    /// Registers the data source and the context. The connection string is <c>ConnectionStrings:&lt;name&gt;</c>: the runtime role when the
    /// service runs, the owner under <c>--migrate</c>.
    /// </summary>
    public static void AddDatabase<TDb>(this IHostApplicationBuilder builder, string name)
        where TDb : DbContext
    {
        builder.Services.AddSingleton(_ =>
        {
            var connectionString = builder.Configuration.GetConnectionString(name)
                ?? throw new InvalidOperationException($"ConnectionStrings:{name} is not set.");
            var source = new NpgsqlDataSourceBuilder(connectionString) { Name = name };
            source.ConnectionStringBuilder.CommandTimeout = 15;
            source.ConnectionStringBuilder.Timeout = 5;
            source.ConnectionStringBuilder.MaxAutoPrepare = 100;
            // Nothing here leaves a setting or a lock behind in its session: what is set or locked ends with its transaction.
            source.ConnectionStringBuilder.NoResetOnClose = true;
            return source.Build();
        });
        builder.Services.AddDbContext<TDb>((services, options) => options.UseNpgsql(services.GetRequiredService<NpgsqlDataSource>())
            .AddInterceptors(services.GetRequiredService<RingOutboxAfterSave>(), WithoutSavepoints.Instance));
        builder.Services.AddScoped<DbContext>(services => services.GetRequiredService<TDb>());
        builder.Services.AddVerb("--migrate", async (services, log, stop) =>
        {
            var role = builder.Configuration["Database:RuntimeRole"] ?? $"{name}_app";
            await SqlMigrations.ApplyAsync(services.GetRequiredService<NpgsqlDataSource>(), role, typeof(TDb).Assembly, log, stop);
            return 0;
        });
    }

    /// <summary>Maps the tables of <c>000n</c> files beside this one, and gives every table and column its snake_case name.</summary>
    public static void UsePlatformTables(this ModelBuilder model)
    {
        model.Entity<OutboxRow>(row =>
        {
            row.ToTable("outbox").HasKey(r => r.Seq);
            row.Property(r => r.Seq).UseIdentityAlwaysColumn();
        });
        model.Entity<UnsealedRow>(row =>
        {
            row.ToTable("unsealed").HasKey(r => r.Seq);
            row.Property(r => r.Seq).UseIdentityAlwaysColumn();
        });
        model.Entity<SignInStateRow>(row =>
        {
            row.ToTable("sign_in_state").HasKey(r => r.Id);
            row.Property(r => r.Keys).HasColumnType("jsonb");
            row.Property(r => r.RevokedSessions).HasColumnType("jsonb");
        });

        model.Entity<KeptCopyRow>().ToTable("directory_copy").HasKey(r => r.Name);

        foreach (var entity in model.Model.GetEntityTypes())
        {
            entity.SetTableName(entity.GetTableName() is { } table ? SnakeCase(table) : null);
            foreach (var property in entity.GetProperties())
                property.SetColumnName(SnakeCase(property.GetColumnName()));
        }
    }

    [GeneratedRegex("(?<=[a-z0-9])[A-Z]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InnerCapital();

    private static string SnakeCase(string name) => InnerCapital().Replace(name, "_$0").ToLower(CultureInfo.InvariantCulture);

    /// <summary>The statement broke a uniqueness rule of the database.</summary>
    public static bool IsUniqueViolation(this DbUpdateException failure, string constraint) =>
        failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } violation
        && violation.ConstraintName == constraint;

    /// <summary>Our own infrastructure is away or overloaded: trying again later can help, changing the request cannot.</summary>
    public static bool IsInfrastructureFault(this Exception fault) => fault switch
    {
        PostgresException { IsTransient: true } => true,
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow } => true,
        PostgresException => false,
        NpgsqlException => true,
        // Npgsql, in whose hands a connection has just broken.
        ObjectDisposedException { ObjectName: "System.Threading.ManualResetEventSlim" } => true,
        TimeoutException => true,
        System.Net.Sockets.SocketException => true,
        DbUpdateConcurrencyException => false,
        { InnerException: { } inner } => inner.IsInfrastructureFault(),
        _ => false,
    };
}
