using System.Data.Common;
using System.Reflection;
using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;

namespace NetworkIdentity.Registry;

/// <summary>A PostgreSQL server, or one that speaks its protocol and SQL. Several servers of ours may write to it.</summary>
/// <remarks>
/// <para>
/// A group of acts is one transaction and one batch of statements: two round trips, whatever the group holds. There are no savepoints: where an act
/// breaks, all is rolled back and the others run again without it; then the broken one runs alone, so that its answer is about what is committed.
/// </para>
/// <para>
/// The transactions are READ COMMITTED, the default of PostgreSQL: each condition is a condition on the row that its statement changes, and PostgreSQL
/// looks at a row again once it has its lock. An engine that is stricter answers 40001 where two servers meet; that and a deadlock (40P01) are tried
/// again, a bounded number of times.
/// </para>
/// </remarks>
internal sealed class PostgresEngine : IDatabaseEngine
{
    /// <summary>How often an act is tried that other servers are in the way of.</summary>
    private const int MaxAttempts = 10;

    private readonly NpgsqlDataSource _source;

    public PostgresEngine(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        if (!given.ContainsKey("Command Timeout")) builder.CommandTimeout = 10;
        if (!given.ContainsKey("Timeout")) builder.Timeout = 10;
        if (!given.ContainsKey("Keepalive")) builder.KeepAlive = 30;

        // Tried first otherwise, where few have it: the Kerberos library crashes where several connections are opened at once (npgsql issue 6596).
        if (!given.ContainsKey("GSS Encryption Mode") && !given.ContainsKey("GssEncryptionMode")) builder.GssEncryptionMode = GssEncryptionMode.Disable;
        builder.ApplicationName ??= "netid";
        builder.PersistSecurityInfo = false;
        builder.IncludeFailedBatchedCommand = true;
        builder.IncludeErrorDetail = false; // Details quote rows.
        _source = new NpgsqlDataSourceBuilder(builder.ConnectionString).Build();
        try
        {
            using var connection = _source.OpenConnection();
            Version = $"PostgreSQL {connection.PostgreSqlVersion}";
            foreach (var setting in (string[])["synchronous_commit", "fsync"])
            {
                using var show = new NpgsqlCommand($"SHOW {setting}", connection);
                if ((string?)show.ExecuteScalar() == "off")
                    throw new InvalidOperationException($"the database has {setting} off: it would acknowledge what it may lose");
            }
        }
        catch
        {
            _source.Dispose();
            throw;
        }
    }

    public string Version { get; }

    public DbDataSource Readers => _source;

    /// <summary>Whether a connection string is for this engine.</summary>
    public static bool IsFor(string connectionString)
    {
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        return given.ContainsKey("Host") || given.ContainsKey("Server");
    }

    public void InTransaction(Action<DbConnection, DbTransaction> work)
    {
        using var connection = _source.OpenConnection();
        using var transaction = connection.BeginTransaction();
        work(connection, transaction);
        transaction.Commit();
    }

    public async Task CommitGroupAsync(List<Database.Pending> group)
    {
        // Those that fit together; then, one by one, those that broke, so that their answers are about what is committed.
        var together = group;
        var apart = new List<Database.Pending>();
        while (together.Count > 1 && !await CommitAsync(together))
        {
            apart.AddRange(together.Where(pending => pending.IsUndone));
            together = [.. together.Where(pending => !pending.IsUndone)];
        }

        if (together.Count == 1) await CommitAsync(together);
        foreach (var pending in apart) await CommitAsync([pending]);
        foreach (var pending in group) pending.Answer();
    }

    public void Dispose() => _source.Dispose();

    private static NpgsqlBatchCommand CommandOf(Statement statement)
    {
        var command = new NpgsqlBatchCommand(statement.Sql);
        foreach (var property in statement.ParameterProperties)
        {
            command.Parameters.Add(new NpgsqlParameter
            {
                ParameterName = property.Name,
                NpgsqlDbType = TypeOf(property),
                Value = property.GetValue(statement.Parameters) ?? DBNull.Value,
            });
        }

        return command;
    }

    private static NpgsqlDbType TypeOf(PropertyInfo property) =>
        property.PropertyType == typeof(string) ? NpgsqlDbType.Text
        : property.PropertyType == typeof(long) || property.PropertyType == typeof(long?) || property.PropertyType == typeof(int) ? NpgsqlDbType.Bigint
        : property.PropertyType == typeof(byte[]) ? NpgsqlDbType.Bytea
        : throw new InvalidOperationException($"the parameter {property.Name} is a {property.PropertyType.Name}: only text, integers and bytes are stored");

    /// <summary>
    /// Commits the acts in one transaction, again where other servers were in the way; false where some broke or failed, which say so, and then none is
    /// kept. Where what went wrong is nobody's own, all of them say so and that is the end: true.
    /// </summary>
    private async Task<bool> CommitAsync(IReadOnlyList<Database.Pending> acts)
    {
        for (var attempt = 1; ; attempt++)
        {
            var isCommitting = false;
            try
            {
                await using var connection = await _source.OpenConnectionAsync();
                await using var transaction = await connection.BeginTransactionAsync();
                if (!await RunAsync(connection, transaction, acts)) return false;
                isCommitting = true;
                await transaction.CommitAsync();
                return true;
            }
            catch (Exception exception) when (attempt < MaxAttempts && (IsContention(exception) || (!isCommitting && attempt == 1 && IsStale(exception))))
            {
                await Task.Delay(RandomNumberGenerator.GetInt32(1, 10 * attempt));
            }
            catch (Exception exception)
            {
                foreach (var pending in acts) pending.Failure = exception;
                return true;
            }
        }
    }

    /// <summary>Runs the statements of all acts in one batch; false where a condition broke or a statement is wrong.</summary>
    private static async Task<bool> RunAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<Database.Pending> acts)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        var owners = new List<Database.Pending>();
        var statements = new List<Statement>();
        foreach (var pending in acts)
        {
            (pending.Broken, pending.Failure) = (null, null);
            try
            {
                foreach (var statement in pending.Act)
                {
                    batch.BatchCommands.Add(CommandOf(statement));
                    owners.Add(pending);
                    statements.Add(statement);
                }
            }
            catch (InvalidOperationException exception)
            {
                pending.Failure = exception;
                return false;
            }
        }

        var ran = owners.Count;
        try
        {
            await batch.ExecuteNonQueryAsync();
        }
        catch (PostgresException exception) when (!DatabaseFault.IsPassing(exception) && exception.BatchCommand is { } command)
        {
            ran = batch.BatchCommands.IndexOf(command);
            owners[ran].Failure = exception;
        }

        // A condition ends its act: a statement behind it that failed, as it may where the condition does not hold, was never meant to run.
        for (var at = 0; at < ran; at++)
        {
            var (owner, statement) = (owners[at], statements[at]);
            if (owner.Broken is not null || statement.Holds((long)batch.BatchCommands[at].RecordsAffected)) continue;
            (owner.Broken, owner.Failure) = (statement.Condition, null);
        }

        return !acts.Any(pending => pending.IsUndone);
    }

    /// <summary>Serialization failure or deadlock: surely not committed, and worth another try.</summary>
    private static bool IsContention(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected };

    /// <summary>A connection of the pool that the server closed meanwhile, as after its restart.</summary>
    private static bool IsStale(Exception exception) =>
        exception is NpgsqlException { InnerException: IOException } or PostgresException { SqlState: PostgresErrorCodes.AdminShutdown };
}
