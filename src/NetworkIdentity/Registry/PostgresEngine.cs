using System.Data.Common;
using System.Reflection;
using System.Security.Cryptography;
using Dapper;
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

    /// <summary>How often a group is tried without those that broke, before all that are left are tried one by one.</summary>
    private const int MaxRounds = 4;

    /// <summary>How many acts that broke in a group are tried at once, each in a transaction of its own.</summary>
    private const int MaxApart = 8;

    private readonly NpgsqlDataSource _hosts;
    private readonly NpgsqlDataSource _source;

    public PostgresEngine(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        if (!given.ContainsKey("Command Timeout")) builder.CommandTimeout = 10;
        if (!given.ContainsKey("Timeout")) builder.Timeout = 10;
        if (!given.ContainsKey("Keepalive")) builder.KeepAlive = 30;
        if (!given.ContainsKey("Host Recheck Seconds")) builder.HostRecheckSeconds = 2; // How long a standby that took over is still thought to be one.

        // Tried first otherwise, where few have it: the Kerberos library crashes where several connections are opened at once (npgsql issue 6596).
        if (!given.ContainsKey("GSS Encryption Mode") && !given.ContainsKey("GssEncryptionMode")) builder.GssEncryptionMode = GssEncryptionMode.Disable;
        builder.ApplicationName ??= "netid";
        builder.PersistSecurityInfo = false;
        builder.IncludeFailedBatchedCommand = true;
        builder.IncludeErrorDetail = false; // Details quote rows.
        (_hosts, _source) = Build(builder);
        try
        {
            using var connection = _source.OpenConnection();
            Version = $"PostgreSQL {connection.PostgreSqlVersion}";
            using var command = new NpgsqlCommand("SELECT name FROM pg_settings WHERE name IN ('synchronous_commit', 'fsync') AND setting = 'off'", connection);
            if (command.ExecuteScalar() is { } setting)
                throw new InvalidOperationException($"the database has {setting} off: it would acknowledge what it may lose");
        }
        catch
        {
            _hosts.Dispose();
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

    public async Task<string> DurabilityAsync()
    {
        await using var connection = await _source.OpenConnectionAsync();
        return string.Join(", ", await connection.QueryAsync<string>(
            "SELECT name || '=' || setting FROM pg_settings WHERE name IN ('synchronous_commit', 'fsync') ORDER BY name"));
    }

    public DbTransaction BeginSnapshot(DbConnection connection)
    {
        var transaction = connection.BeginTransaction(System.Data.IsolationLevel.RepeatableRead);
        connection.Execute("SET TRANSACTION READ ONLY", transaction: transaction);
        return transaction;
    }

    public IReadOnlyList<TableShape> Tables(DbConnection connection) =>
    [
        .. connection.Query<(string Table, string Column, string Type, long? KeyPart)>("""
            SELECT c.table_name, c.column_name, c.data_type, CAST(k.ordinal_position AS BIGINT)
            FROM information_schema.tables t
            JOIN information_schema.columns c ON c.table_schema = t.table_schema AND c.table_name = t.table_name
            LEFT JOIN information_schema.table_constraints p
                ON p.table_schema = t.table_schema AND p.table_name = t.table_name AND p.constraint_type = 'PRIMARY KEY'
            LEFT JOIN information_schema.key_column_usage k
                ON k.constraint_schema = p.constraint_schema AND k.constraint_name = p.constraint_name AND k.table_name = c.table_name AND k.column_name = c.column_name
            WHERE t.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
            """)
            .GroupBy(column => column.Table)
            .Select(columns => new TableShape(
                columns.Key,
                [.. columns.Select(column => column.Column).Order(StringComparer.Ordinal)],
                string.Join(", ", columns.Where(column => column.KeyPart is not null).OrderBy(column => column.KeyPart)
                    .Select(column => TableShape.Quote(column.Column) + (column.Type == "text" ? " COLLATE \"C\"" : "")))))
            .OrderBy(table => table.Name, StringComparer.Ordinal),
    ];

    public void Append(DbConnection connection, DbTransaction transaction, TableShape table, IEnumerable<object?[]> rows)
    {
        using var import = ((NpgsqlConnection)connection).BeginBinaryImport($"COPY {TableShape.Quote(table.Name)} ({table.ColumnList}) FROM STDIN (FORMAT BINARY)");
        import.Timeout = TimeSpan.Zero; // As long as it takes: no one waits for it but the operator.
        foreach (var row in rows)
        {
            import.StartRow();
            foreach (var value in row)
            {
                switch (value)
                {
                    case null: import.WriteNull(); break;
                    case string text: import.Write(text, NpgsqlDbType.Text); break;
                    case long number: import.Write(number, NpgsqlDbType.Bigint); break;
                    default: import.Write((byte[])value, NpgsqlDbType.Bytea); break;
                }
            }
        }

        import.Complete();
    }

    public async Task<bool> ScrubAsync(IReadOnlyList<string> tables)
    {
        await using var connection = await _source.OpenConnectionAsync();

        // What was overwritten stays where it is as long as somebody may read it as it was: those who began before now, a standby's readers among them.
        var now = await connection.ExecuteScalarAsync<string>("SELECT pg_current_xact_id()::xid::text");
        var readers = 1L;
        for (var attempt = 0; attempt < 5 && readers > 0; attempt++)
        {
            readers = await connection.ExecuteScalarAsync<long>("""
                SELECT (SELECT count(*) FROM pg_stat_activity
                        WHERE (datname = current_database() OR datname IS NULL) AND pid <> pg_backend_pid() AND greatest(age(backend_xmin), age(backend_xid)) > age(@now::text::xid))
                    + (SELECT count(*) FROM pg_replication_slots WHERE age(xmin) > age(@now::text::xid))
                    + (SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database() AND age(transaction) > age(@now::text::xid))
                """, new { now });
            if (readers > 0) await connection.ExecuteAsync("SELECT pg_sleep(1)");
        }

        foreach (var table in tables) await connection.ExecuteAsync($"VACUUM {TableShape.Quote(table)}", commandTimeout: 0);
        return readers == 0;
    }

    public async Task CommitGroupAsync(List<Database.Pending> group)
    {
        // Those that fit together; then, one by one, those that broke, so that their answers are about what is committed.
        var together = group;
        var apart = new List<Database.Pending>();
        for (var round = 0; together.Count > 0; round++)
        {
            if (together.Count == 1 || round == MaxRounds)
            {
                apart.AddRange(together);
                break;
            }

            if (await CommitAsync(together)) break;
            apart.AddRange(together.Where(pending => pending.IsUndone));
            together = [.. together.Where(pending => !pending.IsUndone)];
        }

        // Where the server can't be reached, it is not looked for by each of them.
        Exception? outage = null;
        await Parallel.ForEachAsync(apart, new ParallelOptions { MaxDegreeOfParallelism = MaxApart }, async (pending, _) =>
        {
            if (outage is null) await CommitAsync([pending]);
            else (pending.Broken, pending.Failure) = (null, outage);
            if (pending.Failure is { } failure && DatabaseFault.IsPassing(failure) && !IsContention(failure)) outage = failure;
        });
        foreach (var pending in group) pending.Answer();
    }

    public void Dispose() => _hosts.Dispose();

    /// <summary>Of several hosts it is always the one that takes writes: a standby's answers may be older than what was acknowledged.</summary>
    private static (NpgsqlDataSource Hosts, NpgsqlDataSource Source) Build(NpgsqlConnectionStringBuilder builder)
    {
        var target = builder.TargetSessionAttributes;
        builder.TargetSessionAttributes = null;
        if (target is not (null or "primary" or "read-write"))
            throw new InvalidOperationException("Target Session Attributes must be primary: what a standby says may be older than what was acknowledged");
        var sources = new NpgsqlDataSourceBuilder(builder.ConnectionString);
        if (builder.Host?.Contains(',', StringComparison.Ordinal) != true)
        {
            var one = sources.Build();
            return (one, one);
        }

        var several = sources.BuildMultiHost();
        return (several, several.WithTargetSession(TargetSessionAttributes.Primary));
    }

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
        exception is NpgsqlException { InnerException: IOException } or ObjectDisposedException or PostgresException { SqlState: PostgresErrorCodes.AdminShutdown };
}
